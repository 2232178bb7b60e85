import { type Known, numberOf } from './headlines.js';
import type { Contender, Question, ReportCell, ReportModel } from './model.js';

/** What jobs of a contender did to web requests, where they did least. */
export interface Beside {
  readonly contender: Contender;
  readonly placement: string;
  /** Web p99 without any jobs, where it was measured. */
  readonly alone: Known | undefined;
  readonly busy: Known;
  readonly busyCell: ReportCell;
  readonly aloneCell: ReportCell | undefined;
  /** Jobs done meanwhile, per second. */
  readonly jobs: number | undefined;
}

/** The busiest levels first: the first that was measured is what is shown. */
const BUSY = ['saturated', 'equal', 'half'] as const;
type Level = (typeof BUSY)[number];

/** `web_p99`, or where no level has enough requests for it `web_p50`. */
export function webMetric({ cells }: Question): 'web_p99' | 'web_p50' {
  return cells.some((one) => numberOf(one, 'web_p99') !== undefined) ? 'web_p99' : 'web_p50';
}

/**
 * One for each placement that was measured.
 * @param levels which of them counts as busy: the first that was measured
 */
export function besideJobs(question: Question, contender: Contender, levels: readonly Level[] = BUSY): Beside[] {
  const metric = webMetric(question);
  const own = question.cells.filter((one) => one.contender === contender);
  const at = (placement: string, level: string) =>
    own.find(({ cell }) => placementOf(cell.scenario.params) === placement && cell.scenario.params.level === level);
  const placements = [...new Set(own.map(({ cell }) => placementOf(cell.scenario.params)))];
  return placements.flatMap((placement): Beside[] => {
    const aloneCell = at(placement, 'alone');
    for (const level of levels) {
      const busyCell = at(placement, level);
      const busy = busyCell === undefined ? undefined : numberOf(busyCell, metric);
      if (busyCell === undefined || busy === undefined) continue;
      const alone = aloneCell === undefined ? undefined : numberOf(aloneCell, metric);
      return [{ contender, placement, alone, busy, busyCell, aloneCell, jobs: numberOf(busyCell, 'jobs_rate')?.value }];
    }
    return [];
  });
}

/** The placement in which web requests suffer least. */
export function gentlest(question: Question, contender: Contender): Beside | undefined {
  const all = besideJobs(question, contender);
  return all.sort((a, b) => a.busy.value - b.busy.value)[0];
}

export function contentionOf({ questions }: ReportModel): Question | undefined {
  return questions.find(({ name, cells }) => name === 'contention' && cells.some(({ cell }) => cell.status === 'ok'));
}

/** Where jobs run, as a sentence has it. */
export function placeText(placement: string): string {
  return Object.hasOwn(PLACES, placement) ? (PLACES[placement] ?? placement) : placement;
}

const PLACES: Readonly<Record<string, string>> = {
  loop: "on the web server's event loop",
  thread: 'in a thread of the web server',
  process: 'in a process of their own',
};

function placementOf(params: Readonly<Record<string, unknown>>): string {
  return typeof params.placement === 'string' ? params.placement : '';
}
