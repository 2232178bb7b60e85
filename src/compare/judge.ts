import type { Judged, Samples } from '../core/comparison.js';
import { holm } from '../stats/holm.js';
import { medianInterval } from '../stats/interval.js';
import { blocksNeeded, type Design, detectableShift } from '../stats/power.js';
import { type Evidence, evidenceOf, MOST_VALUES, type Spread } from './evidence.js';
import { familyAlpha, type Look, unknownNoise, verdictOf, worstVerdict } from './rule.js';
import { sentenceOf } from './sentence.js';

/**
 * A verdict for each row. Gated rows are one family: their p-values are corrected together (Holm), so that the more
 * rows gate, the more each has to show. Other rows are judged each by itself, and decide nothing.
 * Rows whose values may be 0 (counts, shares) have no ratio then: they get a p-value of the plain values, never a pass.
 */
export function judge(samples: readonly Samples[], look: Look): Judged[] {
  const rows = samples.map((row) => ({ samples: row, evidence: evidenceOf(row) }));
  const gated = rows.filter((row) => row.samples.gated);
  // What has no p-value is no evidence either, but it was asked: it counts in the family.
  const adjusted = holm(gated.map(({ evidence }) => evidence.p ?? 1));
  const adjustedOf = new Map(gated.map((row, index) => [row, adjusted[index]]));
  const family = { look, rows: gated.length };
  return rows.map((row) => judged(row.samples, row.evidence, adjustedOf.get(row), family));
}

/**
 * Whether more blocks are worth their time: the first look leaves the whole comparison open, and not merely because
 * of values that no number of blocks turns into ratios.
 */
export function needsSecondLook(rows: readonly Judged[]): boolean {
  const open = (row: Judged) => row.samples.gated && row.verdict === 'inconclusive';
  return worstVerdict(rows) === 'inconclusive' && rows.some((row) => open(row) && moreWouldHelp(row.samples));
}

export { worstVerdict };

interface Family {
  readonly look: Look;
  /** How many rows gate. */
  readonly rows: number;
}

function judged(samples: Samples, evidence: Evidence, adjustedP: number | undefined, family: Family): Judged {
  const p = evidence.p === undefined ? {} : { p: evidence.p };
  const corrected = adjustedP === undefined || evidence.p === undefined ? {} : { adjustedP };
  const row = { samples, ...p, ...corrected, ...summaries(samples) };
  const alpha = familyAlpha(family.look);
  const real = (adjustedP ?? evidence.p ?? 1) <= alpha;
  if (evidence.kind === 'none') {
    const verdict = evidence.why === 'absent' ? 'missing' : 'inconclusive';
    return finished({ ...row, verdict }, { why: evidence.why, real, family: family.rows });
  }
  const verdict = verdictOf(samples, evidence.effect, real);
  // Holm asks the strongest row for alpha / rows: what is promised must hold for a row that stands alone.
  const each = alpha / (samples.gated ? family.rows : 1);
  const seen = detectable(samples, evidence.spread, each);
  const needed = verdict === 'inconclusive' ? needs(samples, evidence.spread, each) : undefined;
  const sight = {
    ...(seen === undefined ? {} : { detectable: seen }),
    ...(needed === undefined ? {} : { blocksNeeded: needed }),
  };
  return finished({ ...row, verdict, effect: evidence.effect, ...sight }, { real, family: family.rows });
}

function finished(row: Omit<Judged, 'sentence'>, details: Parameters<typeof sentenceOf>[1]): Judged {
  return { ...row, sentence: sentenceOf(row, details) };
}

function summaries({ base, head }: Samples): Pick<Judged, 'base' | 'head'> {
  const usable = (values: readonly number[]) => values.length > 0 && values.every(Number.isFinite);
  return {
    ...(usable(base) ? { base: medianInterval(base) } : {}),
    ...(usable(head) ? { head: medianInterval(head) } : {}),
  };
}

/** The smallest slowdown that is found in 4 of 5 cases: the test must call it real, and the estimate must clear the floor. */
function detectable(samples: Samples, spread: Spread, alpha: number): number | undefined {
  const shift = detectableShift(designOf(samples), spread.n, spread.each, alpha);
  if (shift === undefined) return undefined;
  const IN_FOUR_OF_FIVE = 0.8416; // quantile 0.8 of the normal distribution
  return Math.expm1(Math.max(shift, Math.log1p(samples.floor) + IN_FOUR_OF_FIVE * spread.ofEstimate));
}

/** Blocks that would tell. Where as many as there are should do, and still did not, chance was in the way: twice as many. */
function needs(samples: Samples, spread: Spread, alpha: number): number | undefined {
  const { threshold, floor } = samples;
  if (unknownNoise(samples) || (samples.pairing === 'apart' && floor >= threshold)) return undefined;
  const enough = blocksNeeded(designOf(samples), Math.log1p(threshold), spread.each, alpha);
  return enough === undefined || enough > spread.n ? enough : 2 * spread.n;
}

function designOf({ pairing }: Samples): Design {
  return pairing === 'interleaved' ? 'pairs' : 'apart';
}

function moreWouldHelp({ base, head }: Samples): boolean {
  const positive = (value: number) => value > 0 && Number.isFinite(value);
  return base.length <= MOST_VALUES && [...base, ...head].every(positive);
}
