import type { Comparison, Judged, Verdict } from '../../core/comparison.js';
import { commandData, commandProperty } from './escape.js';
import { renderMarkdown } from './markdown.js';
import { counted, WORST_FIRST } from './summary.js';

/** GitHub takes a megabyte a step, and refuses all of a summary that is longer. */
export const MOST_SUMMARY_BYTES = 900_000;
/** GitHub shows ten annotations of a kind a step; what comes after them is dropped without a word. */
export const MOST_ANNOTATIONS = 10;

/** For the file that GITHUB_STEP_SUMMARY names. @param taken bytes that the file has already */
export function renderStepSummary(comparison: Comparison, taken = 0): string {
  return renderMarkdown(comparison, Math.max(0, MOST_SUMMARY_BYTES - taken));
}

const LEVELS: Readonly<Record<Verdict, 'error' | 'warning' | undefined>> = {
  broken: 'error',
  regression: 'error',
  missing: 'error',
  differs: 'warning',
  inconclusive: 'warning',
  small: 'warning',
  improvement: undefined,
  pass: undefined,
};

/** Workflow commands, a line each, for gated rows that did not pass; the worst first. */
export function renderAnnotations(comparison: Comparison): string {
  const rows = WORST_FIRST.flatMap((verdict) =>
    comparison.rows.filter((row) => row.verdict === verdict && row.samples.gated && LEVELS[verdict] !== undefined),
  );
  const shown = rows.length > MOST_ANNOTATIONS ? rows.slice(0, MOST_ANNOTATIONS - 1) : rows;
  const lines = shown.map(annotation);
  const more = rows.length - shown.length;
  if (more > 0)
    lines.push(`::warning title=jobbench::${counted(more, 'more row')} did not pass: see the summary of the job`);
  return lines.map((line) => `${line}\n`).join('');
}

function annotation({ samples, verdict, sentence }: Judged): string {
  const metric = samples.metric === '*' ? '' : ` ${samples.metric}`;
  const title = commandProperty(`jobbench ${verdict}: ${samples.cell}${metric}`, 200);
  return `::${LEVELS[verdict] ?? 'notice'} title=${title}::${commandData(sentence, 600)}`;
}
