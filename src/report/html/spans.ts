import type { Cell } from '../../core/result.js';
import { type MergedHistogram, mergeHistograms } from '../../stats/histogram.js';

/** Names of the spans that a cell has histograms of: `enqueue`, `wait`, `total`, `web`, `phase_boot`. */
export function spanNames(cell: Cell): string[] {
  return [...new Set(counted(cell).flatMap(({ histograms }) => Object.keys(histograms)))];
}

const known = new WeakMap<Cell, Map<string, MergedHistogram | undefined>>();

/**
 * A span of all counted trials together, decoded once however many sections ask: decoding is what a report spends most
 * of its time on. Undefined where there is none, or where what is there is no histogram.
 */
export function spanOf(cell: Cell, name: string): MergedHistogram | undefined {
  const spans = known.get(cell) ?? new Map<string, MergedHistogram | undefined>();
  known.set(cell, spans);
  if (!spans.has(name)) spans.set(name, decoded(cell, name));
  return spans.get(name);
}

/** Trials that count: something around the others spoilt them. */
export function counted(cell: Cell): Cell['trials'] {
  return cell.trials.filter(({ setAside }) => setAside === undefined);
}

function decoded(cell: Cell, name: string): MergedHistogram | undefined {
  const texts = counted(cell).flatMap(({ histograms }) =>
    Object.hasOwn(histograms, name) ? (histograms[name] ?? []) : [],
  );
  try {
    const merged = texts.length === 0 ? undefined : mergeHistograms(texts);
    return merged === undefined || merged.samples === 0 ? undefined : merged;
  } catch {
    // A file of somebody else may hold anything there; its other numbers are still worth showing.
    return undefined;
  }
}
