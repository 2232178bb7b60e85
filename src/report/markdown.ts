import { markdown } from './comparison/escape.js';
import { outcomeText, sentencesOf, toldText } from './comparison/summary.js';
import { groupBy } from './group.js';
import { answersOf } from './html/answers.js';
import { type MatrixColumn, type MatrixGroup, type MatrixRow, matrixOf } from './html/matrix.js';
import type { ReportCell, ReportModel } from './html/model.js';
import { placeOf } from './html/standingbadge.js';
import { reasonOf } from './html/warnings.js';
import { statusWord } from './notes.js';
import { unevenMachine } from './uneven.js';
import { shown } from './value.js';

/** GitHub takes comments of 65,536 characters; this leaves room for whoever puts something around it. */
const MOST_BYTES = 60_000;
/** For the sentence about rows that were left out. */
const RESERVE = 500;
const MOST_SENTENCES = 10;
const MOST_WARNINGS = 20;

/**
 * A report for a pull request: verdict and warnings first, all numbers and the machine folded.
 * @param mostBytes rows beyond that are left out, and counted
 */
export function renderReportMarkdown(model: ReportModel, mostBytes = MOST_BYTES): string {
  const head = [title(model), changes(model), answers(model), uneven(model), troubles(model)];
  const tail = [warnings(model), machine(model)];
  const frame = Buffer.byteLength([...head, ...tail].join('\n\n'));
  const tables = tablesWithin(model, mostBytes - frame - RESERVE);
  return `${[...head, tables, ...tail].filter((part) => part !== '').join('\n\n')}\n`;
}

function title({ questions, files }: ReportModel): string {
  const names = questions.map(({ name }) => name).join(', ');
  const aborted = files.some(({ result }) => result.run.status === 'aborted') ? ' (stopped early)' : '';
  return `### jobbench: ${markdown(`${names}${aborted}`, 200)}`;
}

function changes({ comparisons, notes }: ReportModel): string {
  const blocks = comparisons.map((comparison) => {
    const { told, more } = sentencesOf(comparison, MOST_SENTENCES);
    const lines = told.map((one) => `- **${one.verdict}**: ${markdown(toldText(one), 600)}`);
    const sides = `**${markdown(comparison.head.label, 100)}** against **${markdown(comparison.base.label, 100)}**`;
    const rest = more > 0 ? [`- and ${more} more like these`] : [];
    return [`${sides}: ${markdown(outcomeText(comparison))}`, [...lines, ...rest].join('\n')].join('\n\n').trim();
  });
  return [...blocks, ...notes.map((note) => `> ${markdown(note, 600)}`)].join('\n\n');
}

function answers(model: ReportModel): string {
  return answersOf(model)
    .map(
      ({ about, head, text, sure }) =>
        `- **${markdown(about, 120)}**: ${markdown(head, 80)}: ${sure === 'open' ? '\\~ ' : ''}${markdown(text, 800)}`,
    )
    .join('\n');
}

/** Beside the sentences about web requests, not among the folded warnings: they are not to be read without it. */
function uneven({ files }: ReportModel): string {
  const found = files.flatMap(({ result }) => unevenMachine(result.cells) ?? []);
  return found.map((text) => `> **DISTURBED**: ${markdown(text, 600)}`).join('\n>\n');
}

/** Cells that are not valid are struck through, with the reason. */
function troubles({ questions }: ReportModel): string {
  const bad = questions.flatMap(({ cells }) => cells.filter(({ cell }) => cell.status !== 'ok'));
  const groups = groupBy(bad, ({ cell }) => JSON.stringify([cell.status, reasonOf(cell)]));
  return [...groups.values()]
    .slice(0, MOST_WARNINGS)
    .map((group) => {
      const [first] = group;
      if (first === undefined) return '';
      const names = markdown([...new Set(group.map(cellName))].join(', '), 300);
      const { status } = first.cell;
      const named = status === 'skipped' ? names : `~~${names}~~`;
      return `- **${statusWord(status)}** ${named}: ${markdown(reasonOf(first.cell), 400)}`;
    })
    .join('\n');
}

function cellName({ cell, contender }: ReportCell): string {
  return `${contender.name} (${cell.scenario.name})`;
}

function tablesWithin(model: ReportModel, mostBytes: number): string {
  const { columns, groups } = matrixOf(model);
  const parts: string[] = [];
  let [left, omitted] = [mostBytes, 0];
  const head = `| | ${columns.map(({ head: name }) => markdown(name, 60)).join(' | ')} |\n|---|${columns.map(() => '--:|').join('')}`;
  for (const group of groups) {
    const [before, after] = [`<details><summary>${summaryOf(group)}</summary>\n\n${head}`, '\n\n</details>'];
    left -= Buffer.byteLength(before) + Buffer.byteLength(after) + 2;
    const lines: string[] = [];
    for (const row of group.rows.filter(({ minor }) => !minor)) {
      const line = rowLine(model, row, columns);
      const size = Buffer.byteLength(line) + 1;
      if (size > left) omitted++;
      else lines.push(line);
      left -= Math.min(size, Math.max(left, 0));
    }
    if (lines.length > 0) parts.push(`${before}\n${lines.join('\n')}${after}`);
  }
  if (parts.length > 0) parts.push(LEGEND);
  if (omitted > 0)
    parts.push(`${omitted} ${omitted === 1 ? 'row is' : 'rows are'} left out, because a comment may not be longer.`);
  return parts.join('\n\n');
}

const LEGEND =
  'Median \\[low high\\]; **3.5x**: the best of the same promise is 3.5 times better, beyond noise; \\~3.5x: so it looks, but the trials cannot tell.';

function summaryOf({ name, says }: MatrixGroup): string {
  return [markdown(name, 80), markdown(says, 200)].filter((part) => part !== '').join(': ');
}

function rowLine(model: ReportModel, row: MatrixRow, columns: readonly MatrixColumn[]): string {
  const name = [row.variant, row.label, row.unit].filter((part) => part !== '').join(' ');
  return `| ${markdown(name, 120)} | ${columns.map(({ key }) => entry(model, row.metric, row.cells.get(key))).join(' | ')} |`;
}

function entry(model: ReportModel, metric: string, one: ReportCell | undefined): string {
  if (one === undefined || !Object.hasOwn(one.cell.metrics, metric)) return '';
  if (one.cell.status !== 'ok') return `~~${statusWord(one.cell.status)}~~`;
  const { text, span } = shown(one.cell, metric, one.cell.metrics[metric]?.unit ?? '');
  const place = placeOf(model, one, metric);
  const marked = place === undefined ? '' : place.kind === 'open' ? `\\~${place.word}` : `**${place.word}**`;
  return [markdown(text), markdown(span), marked].filter((part) => part !== '').join(' ');
}

function warnings({ files, questions }: ReportModel): string {
  const cells = questions.flatMap((question) => question.cells);
  const runs = files.flatMap(({ result }) => (result.warnings ?? []).map(({ message }) => message));
  const told = new Set([...runs, ...cells.flatMap(({ cell }) => cell.warnings.map(({ message }) => message))]);
  if (told.size === 0) return '';
  const lines = [...told].slice(0, MOST_WARNINGS).map((text) => `- ${markdown(text)}`);
  const more = told.size > MOST_WARNINGS ? [`- and ${told.size - MOST_WARNINGS} more`] : [];
  const count = `${told.size} ${told.size === 1 ? 'warning' : 'warnings'}`;
  return `<details><summary>${count}</summary>\n\n${[...lines, ...more].join('\n')}\n\n</details>`;
}

function machine({ files }: ReportModel): string {
  const lines = files.map(({ label, result: { run, host } }) => {
    const facts = [
      `jobbench ${run.jobbench}`,
      `profile ${run.profile}`,
      `seed ${run.seed}`,
      run.startedAt,
      `${host.cpu}, ${host.cores} cores${host.virtual ? ', virtual' : ''}`,
      host.os,
      `Node ${host.node}`,
      ['jobbench', ...run.command].join(' '),
    ];
    return `- **${markdown(label, 100)}**: ${markdown(facts.join('; '), 1200)}`;
  });
  return `<details><summary>machine and command</summary>\n\n${lines.join('\n')}\n\n</details>`;
}
