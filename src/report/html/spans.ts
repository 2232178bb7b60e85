import type { Cell } from '../../core/result.js';
import { type Counts, countsOf } from '../../stats/counts.js';

/** Names of the spans that a cell has histograms of: `enqueue`, `wait`, `total`, `web`, `phase_boot`. */
export function spanNames(cell: Cell): string[] {
  return [...new Set(counted(cell).flatMap(({ histograms }) => Object.keys(histograms)))];
}

const known = new WeakMap<Cell, Map<string, Counts | undefined>>();

/**
 * A span of all counted trials together, decoded once however many sections ask. Undefined where there is none, or
 * where what is there is no histogram.
 */
export function spanOf(cell: Cell, name: string): Counts | undefined {
  const spans = known.get(cell) ?? new Map<string, Counts | undefined>();
  known.set(cell, spans);
  if (!spans.has(name)) spans.set(name, decoded(cell, name));
  return spans.get(name);
}

/** Trials that count: something around the others spoilt them. */
export function counted(cell: Cell): Cell['trials'] {
  return cell.trials.filter(({ setAside }) => setAside === undefined);
}

function decoded(cell: Cell, name: string): Counts | undefined {
  const texts = counted(cell).flatMap(({ histograms }) =>
    Object.hasOwn(histograms, name) ? (histograms[name] ?? []) : [],
  );
  try {
    const counts = countsOf(texts);
    return counts.samples === 0 ? undefined : counts;
  } catch {
    // A file of somebody else may hold anything there; its other numbers are still worth showing.
    return undefined;
  }
}
