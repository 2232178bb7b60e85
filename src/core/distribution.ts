import { durationMs } from './units.js';

/**
 * How long something takes, as the inverse of its distribution function: a draw costs exactly one uniform number
 * whatever the shape, so machine number k meets the same luck in every variant of an experiment.
 */
export interface Distribution {
  /** Milliseconds at a uniform `u` in [0, 1). */
  quantile(u: number): number;
  /** No draw is longer; Infinity where there is no such limit. */
  readonly maxMs: number;
  readonly meanMs: number;
}

/** Reads the text of a file of measured values; nothing here touches a file itself. */
export type ReadText = (path: string) => string;

const FORMS =
  'write 500ms, uniform:1500ms:5000ms, lognormal:MEDIAN:P95 as in lognormal:2s:5s, exponential:MEAN, or file:boots.txt';

/**
 * A distribution from text: `500ms`, `uniform:1500ms:5000ms`, `lognormal:2s:5s` (median and 95th percentile),
 * `exponential:3s` (mean), `file:boots.txt` (measured values, one a line), `values:310/295`.
 * @throws Error with what is allowed, and the line for files
 */
export function parseDistribution(text: string, read: ReadText): Distribution {
  const [kind = '', ...rest] = text.trim().split(':');
  if (rest.length === 0) return fixed(part(kind, text));
  if (kind === 'exponential' && rest.length === 1) return exponential(part(rest[0] ?? '', text));
  if (kind === 'values') return measured(rest.join(':').replaceAll('/', '\n'), text.slice(0, 40));
  if (kind === 'file') return measured(read(rest.join(':')), rest.join(':'));
  if (rest.length === 2 && (kind === 'uniform' || kind === 'lognormal')) {
    const [low, high] = [part(rest[0] ?? '', text), part(rest[1] ?? '', text)];
    if (high < low) throw new Error(`"${text}" is not a distribution: ${rest[1]} is less than ${rest[0]}`);
    if (kind === 'uniform') return uniform(low, high);
    if (low === 0) throw new Error(`"${text}" is not a distribution: the median of a lognormal must be above 0`);
    return lognormal(low, high);
  }
  throw new Error(`"${text}" is not a distribution; ${FORMS}`);
}

function part(duration: string, text: string): number {
  try {
    return durationMs(duration);
  } catch (cause) {
    throw new Error(`"${text}" is not a distribution; ${FORMS}`, { cause });
  }
}

function fixed(ms: number): Distribution {
  return { quantile: () => ms, maxMs: ms, meanMs: ms };
}

function uniform(low: number, high: number): Distribution {
  return { quantile: (u) => low + u * (high - low), maxMs: high, meanMs: (low + high) / 2 };
}

/** The 95th percentile of the standard normal distribution. */
const Z95 = 1.6448536269514722;

function lognormal(median: number, p95: number): Distribution {
  const sigma = Math.log(p95 / median) / Z95;
  return {
    quantile: (u) => median * Math.exp(sigma * probit(u)),
    maxMs: sigma === 0 ? median : Number.POSITIVE_INFINITY,
    meanMs: median * Math.exp(sigma ** 2 / 2),
  };
}

function exponential(meanMs: number): Distribution {
  return { quantile: (u) => -meanMs * Math.log(1 - u), maxMs: meanMs === 0 ? 0 : Number.POSITIVE_INFINITY, meanMs };
}

/** Draws measured values themselves, each as likely as the others. Lines: `512`, `512ms`, `1.2s`, blank, or `# why`. */
function measured(content: string, path: string): Distribution {
  const values: number[] = [];
  content.split('\n').forEach((raw, at) => {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) return;
    const ms = /^\d+(\.\d+)?$/.test(line) ? Number(line) : lineMs(line, path, at + 1);
    values.push(ms);
  });
  if (values.length === 0) throw new Error(`${path} holds no values; write one duration a line, as in 512ms`);
  values.sort((a, b) => a - b);
  const last = values.at(-1) ?? 0;
  const meanMs = values.reduce((sum, ms) => sum + ms, 0) / values.length;
  return { quantile: (u) => values[Math.floor(u * values.length)] ?? last, maxMs: last, meanMs };
}

function lineMs(line: string, path: string, number: number): number {
  try {
    return durationMs(line);
  } catch (cause) {
    throw new Error(`${path} line ${number}: "${line.slice(0, 40)}" is not a duration; write 512ms or 1.2s`, { cause });
  }
}

/**
 * The inverse of the standard normal distribution function, to about 1e-9: Acklam's rational approximation
 * (https://web.archive.org/web/20151030215612/http://home.online.no/~pjacklam/notes/invnorm/).
 */
export function probit(u: number): number {
  const p = Math.min(Math.max(u, 1e-12), 1 - 1e-12);
  if (p < 0.02425) return tail(Math.sqrt(-2 * Math.log(p)));
  if (p > 1 - 0.02425) return -tail(Math.sqrt(-2 * Math.log(1 - p)));
  const q = p - 0.5;
  const r = q * q;
  return (q * polynomial(CENTRE_TOP, r)) / (polynomial(CENTRE_BOTTOM, r) * r + 1);
}

function tail(q: number): number {
  return polynomial(TAIL_TOP, q) / (polynomial(TAIL_BOTTOM, q) * q + 1);
}

function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
}

const CENTRE_TOP = [
  -3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.38357751867269e2, -3.066479806614716e1,
  2.506628277459239,
];
const CENTRE_BOTTOM = [
  -5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1, -1.328068155288572e1,
];
const TAIL_TOP = [
  -7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
];
const TAIL_BOTTOM = [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416];
