/** Three significant digits: 0.412, 4.12, 41.2, 412; whole numbers with separators from 1,000 on. */
export function threeDigits(value: number): string {
  const rounded = Number(value.toPrecision(3));
  const size = Math.abs(rounded);
  if (size === 0) return '0';
  if (size >= 1e15 || size < 1e-6) return rounded.toExponential(2);
  if (size >= 1000) return Math.round(value).toLocaleString('en-US');
  return rounded.toFixed(2 - Math.floor(Math.log10(size)));
}

/** Three significant digits with k, M or G: 832, 12.3k, 1.40M. */
export function compact(value: number): string {
  const rounded = Number(value.toPrecision(3));
  const size = Math.abs(rounded);
  if (size >= 1e12) return rounded.toExponential(2);
  for (const [scale, suffix] of SCALES) if (size >= scale) return `${threeDigits(rounded / scale)}${suffix}`;
  return threeDigits(rounded);
}

const SCALES = [
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const;

/** A number for a column whose head names the unit. */
export function bare(value: number, unit: string): string {
  switch (unit) {
    case 'jobs/s':
    case 'req/s':
      return compact(value);
    case 'bytes':
      return byteSize(value);
    case 'count':
      return Number.isInteger(value) ? value.toLocaleString('en-US') : threeDigits(value);
    case 'usd':
      return `$${threeDigits(value)}`;
    case 'index':
      return value.toFixed(2);
    default:
      return threeDigits(value);
  }
}

/** `[11.9k 12.8k]`, and `[91.7 94.1 MB]` where both have one unit; empty where both read the same. */
export function spanText(low: number, high: number, unit: string): string {
  const [from, to] = [bare(low, unit), bare(high, unit)];
  if (from === to) return '';
  const [number, suffix] = from.split(' ');
  return suffix !== undefined && to.endsWith(` ${suffix}`) ? `[${number} ${to}]` : `[${from} ${to}]`;
}

/** What the head of a column says below the metric's name; empty where the numbers carry it themselves. */
export function unitHead(unit: string): string {
  if (unit === 'percent') return '%';
  return ['jobs/s', 'req/s', '/s', 'ms', 's'].includes(unit) ? unit : '';
}

function byteSize(value: number): string {
  const [scale, suffix] = BYTES.find(([least]) => Math.abs(value) >= least * ROUNDS_UP) ?? [1, 'B'];
  return `${threeDigits(value / scale)} ${suffix}`;
}

/** From here on three digits of a size are those of the next unit: 1023.9 kB is 1.00 MB. */
const ROUNDS_UP = 1023.5 / 1024;

/** Powers of 1024, as the options of the command line have them. */
const BYTES = [
  [1024 ** 4, 'TB'],
  [1024 ** 3, 'GB'],
  [1024 ** 2, 'MB'],
  [1024, 'kB'],
] as const;
