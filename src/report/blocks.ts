/** Eighths of a character, from left to right. */
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
const LEVELS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/**
 * A number as a bar, as a share of the greatest. What is there at all is seen: at least an eighth of a character.
 * @param width characters of the greatest
 */
export function bar(value: number, greatest: number, width: number): string {
  if (!(value > 0) || !(greatest > 0) || !Number.isFinite(greatest)) return '';
  const eighths = Math.max(1, Math.round(Math.min(1, value / greatest) * width * 8));
  return '█'.repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? '');
}

/** Numbers in their order as a line of blocks, from the least to the greatest of them; of many, medians of neighbours. */
export function sparkline(values: readonly number[], most = 24): string {
  const usable = values.filter(Number.isFinite);
  if (usable.length < 2) return '';
  const points = usable.length <= most ? usable : thinned(usable, most);
  const [low, high] = [Math.min(...points), Math.max(...points)];
  // All the same is neither low nor high.
  const level = (value: number) => (high > low ? Math.round(((value - low) / (high - low)) * (LEVELS.length - 1)) : 3);
  return points.map((value) => LEVELS[level(value)] ?? '').join('');
}

function thinned(values: readonly number[], count: number): number[] {
  return Array.from({ length: count }, (_, at) => {
    const part = values.slice(Math.floor((at * values.length) / count), Math.floor(((at + 1) * values.length) / count));
    return [...part].sort((a, b) => a - b)[part.length >> 1] ?? Number.NaN;
  });
}
