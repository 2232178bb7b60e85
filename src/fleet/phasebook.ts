import type { Observation } from '../core/observation.js';
import type { Phases } from './types.js';

const SPANS = ['queue', 'provision', 'boot', 'appBoot', 'resume', 'run', 'lost'] as const;
type Span = (typeof SPANS)[number];

/** Whether a job has a phase at all: whoever has a `boot` was cold, whoever has a `resume` was resumed. */
function has(span: Span, phases: Readonly<Phases>): boolean {
  if (span === 'boot' || span === 'appBoot') return phases.cold;
  if (span === 'resume') return phases.resumed;
  if (span === 'provision') return phases.cold || phases.resumed;
  return span !== 'lost' || phases.lost > 0;
}

/** Keeps the phases of jobs as bare numbers until somebody asks. */
export interface PhaseBook {
  add(index: number, phases: Readonly<Phases>): void;
  /** @param scale milliseconds that passed for each millisecond of the fleet */
  spans(scale: number): Observation['spans'];
  /** How long the machine of a job lingered after it. */
  lingered(index: number, ms: number): void;
}

export function phaseBook(): PhaseBook {
  const indices: number[] = [];
  const rows: number[] = []; // NaN: not one of its phases
  const linger: [number, number][] = [];
  return {
    lingered: (index, ms) => void linger.push([index, ms]),
    add(index, phases) {
      indices.push(index);
      for (const span of SPANS) rows.push(has(span, phases) ? phases[span] : Number.NaN);
    },
    spans(scale) {
      const spans: Record<string, [number, number][]> = {};
      SPANS.forEach((span, column) => {
        const list: [number, number][] = [];
        indices.forEach((index, row) => {
          const ms = rows[row * SPANS.length + column] ?? Number.NaN;
          if (Number.isNaN(ms)) return;
          list.push([index, Math.round(ms * scale * 1000) / 1000]);
        });
        spans[span] = list;
      });
      spans.linger = linger.map(([index, ms]) => [index, Math.round(ms * scale * 1000) / 1000]);
      return spans;
    },
  };
}

/** The phases of very many jobs, as columns: row = job, NaN = it did not have that phase. */
export interface PhaseColumns {
  readonly columns: Readonly<Record<string, Float64Array>>;
  add(index: number, phases: Readonly<Phases>): void;
  lingered(index: number, ms: number): void;
}

export function phaseColumns(size: number): PhaseColumns {
  const blank = () => new Float64Array(size).fill(Number.NaN);
  const linger = blank();
  const columns = Object.fromEntries(SPANS.map((span) => [span, blank()]));
  return {
    columns: { ...columns, linger },
    add(index, phases) {
      for (const span of SPANS) {
        if (has(span, phases)) (columns[span] as Float64Array)[index] = phases[span]; // one for each of SPANS
      }
    },
    lingered(index, ms) {
      linger[index] = ms;
    },
  };
}
