/** Columns on one grid of x, some of them with holes. */
export interface Columns {
  readonly x: readonly number[];
  readonly lines: readonly (readonly (number | null)[])[];
}

/**
 * At most `most` places, of all lines the same ones. Each stretch of the grid becomes two places, at its beginning and in
 * its middle, and each line has there the smallest and the greatest value that it had in the stretch, in the order in
 * which they came: a spike of one sample is still seen, though up to a stretch away from its place.
 */
export function thin({ x, lines }: Columns, most: number): Columns {
  if (x.length <= most) return { x, lines };
  const size = Math.ceil(x.length / Math.max(1, Math.floor(most / 2)));
  const starts = Array.from({ length: Math.ceil(x.length / size) }, (_, k) => k * size);
  const middle = (start: number) => start + Math.max(1, Math.floor((Math.min(x.length, start + size) - start) / 2));
  return {
    x: starts.flatMap((start) => [start, middle(start)]).flatMap((at) => x[at] ?? []),
    lines: lines.map((line) => {
      const kept = starts.flatMap((start) => extremes(line.slice(start, start + size)));
      // A last stretch of one place has no middle.
      return x[middle(starts.at(-1) ?? 0)] === undefined ? kept.slice(0, -1) : kept;
    }),
  };
}

/** The smallest and the greatest in the order in which they came; nothing where there is nothing. */
function extremes(values: readonly (number | null)[]): [number | null, number | null] {
  let low: { value: number; at: number } | undefined;
  let high: { value: number; at: number } | undefined;
  values.forEach((value, at) => {
    if (value === null) return;
    if (low === undefined || value < low.value) low = { value, at };
    if (high === undefined || value > high.value) high = { value, at };
  });
  if (low === undefined || high === undefined) return [null, null];
  return low.at <= high.at ? [low.value, high.value] : [high.value, low.value];
}

/** Four significant digits: what a line can show, and less than half of the text. */
export function brief(value: number | null): number | null {
  return value === null || !Number.isFinite(value) ? null : Number(value.toPrecision(4));
}
