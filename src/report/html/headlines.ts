import { columnsFor } from '../columns.js';
import type { Load, Question, ReportCell, ReportModel } from './model.js';

/** A number that answers a question by itself, of one load. */
export interface Headline {
  readonly question: Question;
  readonly load: Load;
  readonly metric: string;
  readonly unit: string;
  readonly better: 'higher' | 'lower';
  /** What a person would ask: `jobs carried`. */
  readonly head: string;
  /** What the best of them is: `Carries most`. */
  readonly first: string;
}

/** Of each scenario the numbers to look at first, in the order in which they are tried. */
const WORDS: Readonly<Record<string, readonly (readonly [metric: string, head: string, first?: string])[]>> = {
  throughput: [['pipeline_rate', 'jobs carried', 'Carries most']],
  latency: [
    ['total_p50', 'half of jobs done within', 'Half of jobs done soonest'],
    ['total_p99', '99 % of jobs done within'],
  ],
  scheduled: [
    ['late_p99', '99 % start late by at most'],
    ['late_p50', 'half start late by at most'],
  ],
  operations: [['enqueue_call_p50', 'one enqueue call']],
  recovery: [['recovery_p50', 'back after a kill']],
  retries: [['failing_rate', 'jobs carried, failing']],
  priority: [['urgent_wait_p99', '99 % of urgent start within']],
  webhooks: [['dedupe_share', 'repeats dropped']],
};

/** Only the first of these that there is, where one says what two would. */
const ONE_OF = new Set(['scheduled']);

/** At most so many columns are read at a glance. */
const MOST = 6;

/** Numbers for the first screen. Contention has a form of its own, and is left out. */
export function headlinesOf(model: ReportModel): Headline[] {
  return model.questions
    .filter(({ name }) => name !== 'contention')
    .flatMap(headlinesOfQuestion)
    .slice(0, MOST);
}

function headlinesOfQuestion(question: Question): Headline[] {
  const own = Object.hasOwn(WORDS, question.name) ? (WORDS[question.name] ?? []) : [];
  const found = own.flatMap((words) => headline(question, ...words) ?? []);
  if (found.length > 0) return ONE_OF.has(question.name) ? found.slice(0, 1) : found;
  const cells = question.cells.map(({ cell }) => cell);
  return columnsFor(question.name, cells)
    .flatMap(({ metric, head }) => headline(question, metric, head) ?? [])
    .slice(0, 1);
}

/** Of the load that most have a number of. */
function headline(question: Question, metric: string, head: string, first = head): Headline | undefined {
  const numbers = (load: Load) => load.cells.filter((one) => numberOf(one, metric) !== undefined).length;
  const [load] = [...question.loads].sort((a, b) => numbers(b) - numbers(a));
  const info = load?.cells.find(({ cell }) => Object.hasOwn(cell.metrics, metric))?.cell.metrics[metric];
  if (load === undefined || info === undefined || numbers(load) === 0) return undefined;
  return { question, load, metric, unit: info.unit, better: info.better, head, first };
}

/** A number with its span, as the page shows it; undefined where there is none that can be stood behind. */
export interface Known {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export function numberOf({ cell }: ReportCell, metric: string): Known | undefined {
  if (cell.status !== 'ok') return undefined;
  const summary = Object.hasOwn(cell.summary, metric) ? cell.summary[metric] : undefined;
  const merged = cell.merged !== undefined && Object.hasOwn(cell.merged, metric) ? cell.merged[metric] : undefined;
  const value = merged?.value ?? summary?.median;
  if (value === undefined) return undefined;
  return { value, low: summary?.low ?? value, high: summary?.high ?? value };
}
