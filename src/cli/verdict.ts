import type { Cell, ResultFile } from '../core/result.js';

/**
 * The exit code of a finished run.
 * 4: a cell is invalid, or failed for a reason of its own (a deadline, a child that died): no number of it can be used.
 * 3: a backend was lost while it was measured, or nothing at all was measured because backends are missing.
 * 0: everything that can be measured here was; a skipped cell says why in the table.
 */
export function exitCodeOf(result: ResultFile): number {
  const lost = (cell: Cell) => cell.status === 'failed' && cell.error?.code === 'ENVIRONMENT';
  if (result.cells.some((cell) => cell.status === 'invalid' || (cell.status === 'failed' && !lost(cell)))) return 4;
  if (result.cells.some(lost)) return 3;
  return result.cells.some((cell) => cell.status === 'ok') ? 0 : 3;
}
