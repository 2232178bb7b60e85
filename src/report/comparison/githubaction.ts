import type { Comparison, Judged } from '../../core/comparison.js';
import { safe } from './safe.js';

/** The two files that github-action-benchmark needs, because it knows one direction a file. */
export interface GithubActionFiles {
  /** For `tool: customBiggerIsBetter`. */
  readonly bigger: string;
  /** For `tool: customSmallerIsBetter`. */
  readonly smaller: string;
}

/** The head's medians for github-action-benchmark, which keeps a history of them on a branch. */
export function renderGithubAction(comparison: Comparison): GithubActionFiles {
  const of = (better: 'higher' | 'lower') => {
    const rows = comparison.rows.filter(({ samples, head }) => samples.better === better && head !== undefined);
    return `${JSON.stringify(rows.map(entryOf), null, 1)}\n`;
  };
  return { bigger: of('higher'), smaller: of('lower') };
}

function entryOf({ samples, head, sentence }: Judged) {
  const { unit } = samples;
  return {
    name: safe(`${samples.cell} ${samples.metric}`, 300),
    unit: safe(unit, 40),
    value: head?.median,
    // The action reads a number after the sign, and nothing else.
    ...(head !== undefined && { range: `± ${Number(((head.high - head.low) / 2).toPrecision(4))}` }),
    extra: safe(sentence, 600),
  };
}
