import type { Counts } from '../stats/counts.js';

/** Lines for each halving of what is left to 100 %: the default of HdrHistogram. */
const TICKS_PER_HALF = 5;

/**
 * Percentiles in ms as HdrHistogram prints them (`outputPercentileDistribution`), for its plotter and others that read
 * `.hgrm`.
 */
export function renderHgrm(counts: Counts): string {
  const { values, upTo, samples } = counts;
  const lines = ['       Value     Percentile TotalCount 1/(1-Percentile)', ''];
  let [at, level] = [0, 0];
  while (samples > 0) {
    while ((100 * (upTo[at] ?? samples)) / samples < level) at++;
    const below = upTo[at] ?? samples;
    lines.push(line(values[at] ?? 0, level / 100, below));
    if (below >= samples) break;
    level += 100 / ticksAt(level);
  }
  if (samples > 0) lines.push(line(values[at] ?? 0, 1, samples));
  return [...lines, ...summary(counts), ''].join('\n');
}

function line(value: number, share: number, below: number): string {
  const inverse = share < 1 ? (1 / (1 - share)).toFixed(2) : '';
  return `${value.toFixed(3).padStart(12)} ${share.toFixed(12)} ${String(below).padStart(10)} ${inverse.padStart(14)}`.trimEnd();
}

function ticksAt(level: number): number {
  return TICKS_PER_HALF * 2 ** (Math.floor(Math.log2(100 / (100 - level))) + 1);
}

function summary({ values, upTo, samples }: Counts): string[] {
  const mean = meanOf((value) => value);
  const deviation = Math.sqrt(meanOf((value) => (value - mean) ** 2));
  const text = (value: number) => value.toFixed(3).padStart(12);
  return [
    `#[Mean    = ${text(mean)}, StdDeviation   = ${text(deviation)}]`,
    `#[Max     = ${text(values.at(-1) ?? 0)}, Total count    = ${String(samples).padStart(12)}]`,
    '#[Buckets =            1, SubBuckets     =         2048]',
  ];

  function meanOf(what: (value: number) => number): number {
    let sum = 0;
    values.forEach((value, at) => {
      sum += what(value) * ((upTo[at] ?? 0) - (upTo[at - 1] ?? 0));
    });
    return samples === 0 ? 0 : sum / samples;
  }
}
