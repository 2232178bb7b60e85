import type { Comparison, Side } from '../../core/comparison.js';
import { blindText } from './blind.js';
import { markdown } from './escape.js';
import { legendOf } from './legend.js';
import { nextStep } from './next.js';
import { counted, factsOf, outcomeText, sentencesOf, toldText } from './summary.js';
import { type View, viewsOf } from './view.js';

const MOST_SENTENCES = 20;

/**
 * A comparison as Markdown of GitHub: the outcome first, then what stands out, then all rows.
 * @param mostBytes rows beyond that size are left out, and counted; everything else is short
 */
export function renderMarkdown(comparison: Comparison, mostBytes = Number.POSITIVE_INFINITY): string {
  const title = `### jobbench: ${markdown(outcomeText(comparison))}`;
  const head = [title, markdown(blindText(comparison) ?? ''), sides(comparison), told(comparison)];
  const tail = [facts(comparison), next(comparison)];
  const frame = [...head, ...tail].join('\n\n');
  const tables = tablesWithin(comparison, mostBytes - Buffer.byteLength(frame) - RESERVE);
  const text = [...head, tables, ...tail].filter((part) => part !== '').join('\n\n');
  return `${text}\n`;
}

/** For line breaks between parts, and the sentence about rows that were left out. */
const RESERVE = 1000;

function sides({ base, head }: Comparison): string {
  const text = ({ label, source, startedAt }: Side) => {
    const parts = [source === label ? '' : source, startedAt ?? ''].filter((part) => part !== '');
    return `**${markdown(label, 200)}**${parts.length > 0 ? ` (${markdown(parts.join(', '), 400)})` : ''}`;
  };
  return `base ${text(base)}, head ${text(head)}`;
}

function told(comparison: Comparison): string {
  const { told: all, more } = sentencesOf(comparison, MOST_SENTENCES);
  const lines = all.map((one) => `- **${one.verdict}**: ${markdown(toldText(one), 1200)}`);
  return [...lines, ...(more > 0 ? [`- and ${counted(more, 'more row')} like these`] : [])].join('\n');
}

const HEAD = '| | base | head | change | worse by | p | n | verdict |\n|---|--:|--:|--:|---|--:|--:|---|';

function tablesWithin(comparison: Comparison, mostBytes: number): string {
  const parts: string[] = [];
  let [left, omitted] = [mostBytes, 0];
  /** Rows with a frame around them, as many as there is room for. */
  const add = (rows: readonly Row[], [before, after]: Frame) => {
    if (rows.length === 0) return;
    const lines: string[] = [];
    left -= Buffer.byteLength(before) + Buffer.byteLength(after) + 2;
    for (const line of rows.map(rowLine)) {
      const size = Buffer.byteLength(line) + 1;
      if (size > left) omitted++;
      else lines.push(line);
      left -= Math.min(size, left);
    }
    if (lines.length > 0) parts.push(`${before}\n${lines.join('\n')}${after}`);
  };
  for (const { scenario, cells } of viewsOf(comparison)) {
    const rows = cells.flatMap(({ cell, rows: views }) => views.map((view) => ({ cell, view })));
    const mute = rows.filter(({ view }) => isMute(view));
    const said = rows.filter(({ view }) => !isMute(view));
    const title = `#### ${markdown(scenario)}\n\n`;
    add(said, [`${title}${HEAD}`, '']);
    add(mute, folded(said.length === 0 ? title : '', mute.length));
  }
  if (omitted > 0) {
    const rows = `${counted(omitted, 'row')} ${omitted === 1 ? 'is' : 'are'}`;
    parts.push(`${rows} left out, because a summary may not be longer.`);
  }
  return parts.join('\n\n');
}

interface Row {
  readonly cell: string;
  readonly view: View;
}

type Frame = readonly [before: string, after: string];

function folded(title: string, rows: number): Frame {
  const summary = `${counted(rows, 'row')} that ${rows === 1 ? 'gates nothing and says' : 'gate nothing and say'} nothing`;
  return [`${title}<details><summary>${summary}</summary>\n\n${HEAD}`, '\n\n</details>'];
}

/** What decides nothing, and of which nothing can be said. */
function isMute({ row }: View): boolean {
  return !row.samples.gated && row.verdict === 'inconclusive';
}

function rowLine({ cell, view }: Row): string {
  const { base, head, change, interval, p, n } = view;
  const { gated } = view.row.samples;
  const verdict = view.row.verdict === 'pass' ? 'pass' : `**${view.verdict}**`;
  const texts = [`${cell}: ${view.metric}`, base, head, change, interval, p, n].map((text) => markdown(text));
  return `| ${texts.join(' | ')} | ${gated ? verdict : view.verdict} |`;
}

function facts(comparison: Comparison): string {
  const legend = legendOf(comparison);
  return [...legend, ...factsOf(comparison)].map((fact) => `- ${markdown(fact, 1200)}`).join('\n');
}

function next(comparison: Comparison): string {
  const { command, why } = nextStep(comparison);
  return `Next: \`${command}\` (${why})`;
}
