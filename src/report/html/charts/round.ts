/** Which numbers are round on an axis. */
export interface RoundNumbers {
  /** The smallest round step that is at least this. */
  step(least: number): number;
  /** The greatest round number that is at most this. @param value above 0 */
  down(value: number): number;
  /** The smallest round number that is at least this. @param value above 0 */
  up(value: number): number;
  /** Round numbers from min to max on a log scale, about six at most where they are far apart. */
  ticks(min: number, max: number): number[];
}

/** Sizes are told in powers of 1024, so powers of 2 are the round ones: `512 MB` and `1 GB`, not `477 MB` and `954 MB`. */
export function roundNumbers(unit: string): RoundNumbers {
  return unit === 'bytes' ? BINARY : DECIMAL;
}

const BINARY: RoundNumbers = {
  step: (least) => BINARY.up(least),
  down: (value) => 2 ** Math.floor(Math.log2(value) + DUST),
  up: (value) => 2 ** Math.ceil(Math.log2(value) - DUST),
  ticks(min, max) {
    const [from, to] = [Math.ceil(Math.log2(min) - DUST), Math.floor(Math.log2(max) + DUST)];
    const every = POWERS_APART.find((apart) => (to - from) / apart <= 6) ?? 10;
    const first = Math.ceil(from / every) * every;
    return Array.from(
      { length: Math.max(0, Math.floor((to - first) / every) + 1) },
      (_, k) => 2 ** (first + k * every),
    );
  },
};

/** Powers of 2 from one tick to the next: of these, 10 is a factor of 1024 and 5 is halfway there. */
const POWERS_APART = [1, 2, 5, 10];

const DECIMAL: RoundNumbers = {
  step: niceStep,
  down: (value) => {
    const power = powerOfTen(value);
    return cleanly((FACTORS.findLast((one) => one * power <= value * (1 + DUST)) ?? 1) * power);
  },
  up: (value) => {
    const power = powerOfTen(value);
    return cleanly((FACTORS.find((one) => one * power >= value * (1 - DUST)) ?? 10) * power);
  },
  ticks: logTicks,
};

const FACTORS = [1, 2, 5, 10];
const DUST = 1e-9;

/** Powers of ten, with 2 and 5 of each where there are few decades, and fewer powers where there are many. */
export function logTicks(min: number, max: number): number[] {
  const [from, to] = [Math.floor(Math.log10(min) + DUST), Math.ceil(Math.log10(max) - DUST)];
  const factors = Math.log10(max / min) <= 2 ? [1, 2, 5] : [1];
  const every = Math.max(1, Math.ceil((to - from) / 6));
  const ticks: number[] = [];
  for (let power = from; power <= to; power += every)
    for (const factor of factors) ticks.push(cleanly(factor * 10 ** power));
  return ticks.filter((tick) => tick >= min * (1 - DUST) && tick <= max * (1 + DUST));
}

/** The smallest of 1, 2, 2.5 and 5 times a power of ten that is at least this. */
export function niceStep(least: number): number {
  const power = powerOfTen(least);
  const factor = [1, 2, 2.5, 5, 10].find((one) => one * power >= least * (1 - DUST)) ?? 10;
  return cleanly(factor * power);
}

/** Without the dust of floating point: 0.30000000000000004 is 0.3. */
export function cleanly(value: number): number {
  return Number(value.toPrecision(12));
}

function powerOfTen(value: number): number {
  return 10 ** Math.floor(Math.log10(value));
}
