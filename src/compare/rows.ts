import type { Judged, Pairing, Samples } from '../core/comparison.js';
import type { Cell } from '../core/result.js';
import { medianInterval } from '../stats/interval.js';
import type { CellPair } from './fields.js';
import { FLOOR, gateOf } from './threshold.js';
import { all, own, paired, type Values, valuesOf, withoutGaps } from './values.js';

/** What a caller decides about rows: which metrics, how strictly, and how far identical code falls apart anyway. */
export interface RowOptions {
  /** Metrics that were named: only they become rows, and all of them gate. */
  readonly metrics?: readonly string[];
  /** In place of each metric's own, as a ratio. */
  readonly threshold?: number;
  /** A pair of which one trial had too few samples for a metric does not count for it, unless these are too many. */
  readonly gaps?: 'left out';
  /** The noise floor between runs, as a ratio; undefined where no history tells. */
  readonly floorOf: (scenario: string, adapter: string, metric: string) => number | undefined;
}

/** What is known of a pair of cells before its metrics are looked at. */
export interface Subject {
  /** How the rows are named. */
  readonly cell: string;
  readonly scenario: string;
  /** Adapter and options as one text: noise belongs to them. */
  readonly adapter: string;
  readonly pairing: Pairing;
  /** How a sentence names either side: `base.json`, `redis`. */
  readonly names: readonly [base: string, head: string];
  /** Rows that say something, but may not decide: across classes of promises. */
  readonly ungated?: true;
}

export interface Rows {
  readonly samples: readonly Samples[];
  readonly missing: readonly Judged[];
  /** Metrics that neither side has a number for, with the reason. */
  readonly absent: readonly string[];
  /** How many of those would have gated. */
  readonly unjudged: number;
  /** The most blocks of one side that the other lacks. */
  readonly unpaired: number;
  /** Metrics that some trials had too few samples for, with how many pairs were left out for that. */
  readonly thinned: readonly string[];
}

/** How the sentence of a metric begins that was named, and is nowhere. */
export const NEITHER_SIDE = 'neither side has a number';

/** The rows of two cells that are both ok: one for each of the metrics that either has. */
export function rowsOf(pair: CellPair, metrics: readonly string[], subject: Subject, options: RowOptions): Rows {
  const rows = {
    ...{ samples: [] as Samples[], missing: [] as Judged[], absent: [] as string[], thinned: [] as string[] },
    ...{ unjudged: 0, unpaired: 0 },
  };
  for (const metric of metrics) {
    const info = own(pair[0].metrics, metric) ?? own(pair[1].metrics, metric);
    if (info === undefined) continue;
    const [base, head] = [valuesOf(pair[0], metric), valuesOf(pair[1], metric)];
    const row = rowOf(subject, metric, info, options);
    const rest = options.gaps === 'left out' ? withoutGaps(base, head) : undefined;
    if (rest !== undefined) {
      rows.thinned.push(`${rest.left} of ${metric} of ${subject.cell} (${base.reason ?? head.reason})`);
      rows.samples.push({ ...row, base: rest.pairs[0], head: rest.pairs[1] });
    } else if (base.reason !== undefined && head.reason !== undefined && options.metrics !== undefined) {
      // Who names a metric wants it in every cell: without a number on either side there is nothing to pass.
      rows.missing.push(missingRow(row, `${NEITHER_SIDE} for ${metric}: ${base.reason}`));
    } else if (base.reason !== undefined && head.reason !== undefined) {
      rows.absent.push(`${metric} of ${subject.cell} (${base.reason})`);
      if (row.gated) rows.unjudged++;
    } else if (base.reason !== undefined) {
      rows.missing.push(missingRow({ ...row, head: all(head) }, lacks(subject.names[0], metric, base)));
    } else if (head.reason !== undefined) {
      rows.missing.push(missingRow({ ...row, base: all(base) }, lacks(subject.names[1], metric, head)));
    } else {
      const [a, b] = subject.pairing === 'interleaved' ? paired(base, head) : [all(base), all(head)];
      rows.unpaired = Math.max(rows.unpaired, base.byBlock.size - a.length, head.byBlock.size - b.length);
      rows.samples.push({ ...row, base: a, head: b });
    }
  }
  return rows;
}

/** Stands for every metric of a cell that one side lacks. */
export const EVERY_METRIC = '*';

/** The rows of a cell that one side lacks as a whole: one, or one for each metric that was named. */
export function missingCell(
  present: Cell,
  subject: Subject,
  options: RowOptions,
  why: string,
  verdict: 'missing' | 'broken' = 'missing',
): Judged[] {
  const every = { label: 'every metric', unit: '', better: 'lower' as const };
  const names = options.metrics?.filter((metric) => Object.hasOwn(present.metrics, metric)) ?? [EVERY_METRIC];
  return names.map((metric) => {
    const row = rowOf(subject, metric, own(present.metrics, metric) ?? every, options);
    return missingRow({ ...row, gated: subject.ungated !== true }, why, verdict);
  });
}

/** What one side has is shown all the same. */
function missingRow(samples: Samples, sentence: string, verdict: 'missing' | 'broken' = 'missing'): Judged {
  const { base, head } = samples;
  return {
    samples,
    verdict,
    sentence,
    ...(base.length > 0 && { base: medianInterval(base) }),
    ...(head.length > 0 && { head: medianInterval(head) }),
  };
}

function lacks(name: string, metric: string, { byBlock, trials, reason = '', gaps }: Values): string {
  const some = gaps && !reason.startsWith('only ') ? ` in ${trials - byBlock.size} of ${trials} trials` : '';
  const cure = reason.startsWith('needs ') ? '; a longer --duration, or more --jobs, gives it more' : '';
  return `${name} has no ${metric}${some}: ${reason}${cure}`;
}

type Info = Cell['metrics'][string];

function rowOf(subject: Subject, metric: string, info: Info, options: RowOptions): Samples {
  const { cell, pairing } = subject;
  const { threshold, gated } = gateOf(metric, info.unit);
  const named = options.metrics !== undefined;
  return {
    id: `${cell} ${metric}`,
    cell,
    metric,
    label: info.label,
    unit: info.unit,
    better: info.better,
    base: [],
    head: [],
    pairing,
    threshold: options.threshold ?? threshold,
    gated: (gated || named) && subject.ungated !== true,
    ...floorOf(subject, metric, options),
  };
}

/** Trials of one run drifted together; runs apart did not, so only a history tells what is noise between them. */
function floorOf(
  { scenario, adapter, pairing }: Subject,
  metric: string,
  options: RowOptions,
): Pick<Samples, 'floor' | 'history'> {
  if (pairing === 'interleaved') return { floor: FLOOR };
  const learned = options.floorOf(scenario, adapter, metric);
  return learned === undefined
    ? { floor: FLOOR, history: 'none' }
    : { floor: Math.max(FLOOR, learned), history: 'learned' };
}
