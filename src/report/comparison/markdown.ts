import type { Comparison, Side } from '../../core/comparison.js';
import { markdown } from './escape.js';
import { nextStep } from './next.js';
import { factsOf, outcomeText, sentencesOf, toldText } from './summary.js';
import { type CellView, type View, viewsOf } from './view.js';

const MOST_SENTENCES = 20;

/**
 * A comparison as Markdown of GitHub: the outcome first, then what stands out, then all rows.
 * @param mostBytes rows beyond that size are left out, and counted; everything else is short
 */
export function renderMarkdown(comparison: Comparison, mostBytes = Number.POSITIVE_INFINITY): string {
  const head = [`### jobbench: ${markdown(outcomeText(comparison))}`, sides(comparison), told(comparison)];
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
  return [...lines, ...(more > 0 ? [`- and ${more} more rows like these`] : [])].join('\n');
}

const HEAD = '| | base | head | change | worse by, % | p | n | verdict |\n|---|--:|--:|--:|---|--:|--:|---|';

function tablesWithin(comparison: Comparison, mostBytes: number): string {
  const parts: string[] = [];
  let [left, omitted] = [mostBytes, 0];
  for (const { scenario, cells } of viewsOf(comparison)) {
    const title = `#### ${markdown(scenario)}\n\n${HEAD}`;
    const lines: string[] = [];
    left -= Buffer.byteLength(title) + 2;
    for (const line of cells.flatMap(cellLines)) {
      const size = Buffer.byteLength(line) + 1;
      if (size > left) omitted++;
      else lines.push(line);
      left -= Math.min(size, left);
    }
    if (lines.length > 0) parts.push([title, ...lines].join('\n'));
  }
  if (omitted > 0) parts.push(`${omitted} rows are left out, because a summary may not be longer.`);
  return parts.join('\n\n');
}

function cellLines({ cell, rows }: CellView): string[] {
  return rows.map((view) => rowLine(cell, view));
}

function rowLine(cell: string, view: View): string {
  const { base, head, change, interval, p, n } = view;
  const { gated } = view.row.samples;
  const verdict = view.row.verdict === 'pass' ? 'pass' : `**${view.verdict}**`;
  const texts = [`${cell}: ${view.metric}`, base, head, change, interval, p, n].map((text) => markdown(text));
  return `| ${texts.join(' | ')} | ${gated ? verdict : view.verdict} |`;
}

function facts(comparison: Comparison): string {
  const legend =
    'base, head: medians; change: as the test estimates it (Hodges-Lehmann); ~: nothing can be said; worse by: 95 % interval, below 0 is better, x: times; p after Holm; n: blocks, or trials of base + head; (in brackets): gates nothing';
  return [legend, ...factsOf(comparison)].map((fact) => `- ${markdown(fact, 1200)}`).join('\n');
}

function next(comparison: Comparison): string {
  const { command, why } = nextStep(comparison);
  return `Next: \`${command}\` (${why})`;
}
