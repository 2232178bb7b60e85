import type { LessonCell } from '../../core/scenario.js';
import { rateWords } from './arrivals.js';
import { digits } from './lesson.js';

/** Two simulated numbers that are closer than this are the same: other luck would turn them round. */
const ALIKE = 0.01;
const LATENCIES = ['total_p50', 'total_p99', 'cold_starts', 'resumed'] as const;
const MOST_SENTENCES = 3;

/** The cells that no other cell of the same load beats: none costs less, or as much, and is better in another respect. */
export function paretoSet(cells: readonly LessonCell[]): ReadonlyMap<LessonCell, string> {
  const marked = new Map<LessonCell, string>();
  for (const alike of loads(cells)) {
    if (alike.length < 2) continue;
    for (const cell of alike) if (!alike.some((other) => beats(other, cell))) marked.set(cell, 'pareto');
  }
  return marked;
}

/** "At 20 jobs/hour of 3 s, wait=60 costs 9 % of always-on and 31 % of jobs start cold." */
export function keepwarmLesson(cells: readonly LessonCell[]): string | undefined {
  const pareto = paretoSet(cells);
  const said = loads(cells).flatMap((alike) => {
    const [first] = alike;
    const best = alike.filter((cell) => pareto.has(cell) && cell.params.wait !== 'always-on');
    const shown = (best.length > 0 ? best : alike).slice(0, MOST_SENTENCES);
    if (first === undefined || shown.length === 0) return [];
    return [`At ${loadWords(first)}, ${shown.map(waitWords).join('; ')}.`];
  });
  return said.length === 0 ? undefined : said.join(' ');
}

/** Whether a is at least as good in every respect, and better in one. */
function beats(a: LessonCell, b: LessonCell): boolean {
  const keys = ['cost_per_1k', ...LATENCIES];
  const worse = (x: LessonCell, y: LessonCell, key: string) =>
    (x.values[key] ?? 0) > (y.values[key] ?? 0) * (1 + ALIKE) + 1e-12;
  return a !== b && !keys.some((key) => worse(a, b, key)) && keys.some((key) => worse(b, a, key));
}

function loads(cells: readonly LessonCell[]): LessonCell[][] {
  const groups = new Map<string, LessonCell[]>();
  for (const cell of cells) {
    if (cell.status !== 'ok' || cell.values.cost_per_1k === undefined) continue;
    const { wait: _, ...load } = cell.params;
    const key = JSON.stringify([cell.adapter, load]);
    groups.set(key, [...(groups.get(key) ?? []), cell]);
  }
  return [...groups.values()];
}

function loadWords({ params, adapter }: LessonCell): string {
  const { trace, rate, length, arrivals } = params;
  const options = adapter.includes('?') ? ` on ${adapter}` : '';
  if (typeof trace === 'string' && trace !== '') return `the arrivals of ${trace}${options}`;
  const spread = arrivals === 'poisson' ? '' : ` (${String(arrivals)})`;
  return `${rateWords(String(rate))}${spread} of ${spaced(String(length))}${options}`;
}

function waitWords({ params, values }: LessonCell): string {
  const { cold_starts = 0, resumed = 0, of_always_on = 0 } = values;
  const starts = resumed > 0 ? ` and ${digits(resumed)} % are resumed` : '';
  return `wait=${String(params.wait)} costs ${digits(of_always_on)} % of always-on and ${digits(cold_starts)} % of jobs start cold${starts}`;
}

/** `3s` -> `3 s` */
function spaced(length: string): string {
  return /^\d+(\.\d+)?[a-z]+$/.test(length) ? length.replace(/(\d)([a-z])/, '$1 $2') : length;
}
