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

/** What the head of a column says below the metric's name; empty where the numbers carry it themselves. */
export function unitHead(unit: string): string {
  if (unit === 'percent') return '%';
  return ['jobs/s', 'req/s', 'ms', 's'].includes(unit) ? unit : '';
}

function byteSize(value: number): string {
  const size = Math.abs(value);
  for (const [scale, suffix] of BYTES) if (size >= scale) return `${threeDigits(value / scale)} ${suffix}`;
  return `${threeDigits(value)} B`;
}

/** Powers of 1024, as the options of the command line have them. */
const BYTES = [
  [1024 ** 4, 'TB'],
  [1024 ** 3, 'GB'],
  [1024 ** 2, 'MB'],
  [1024, 'kB'],
] as const;
