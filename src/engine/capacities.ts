import type { JobbenchError } from '../core/errors.js';
import type { Layout } from '../core/layout.js';
import type { Capacity } from '../core/scenario.js';
import type { Bench } from './bench.js';
import { capacityKey, jobsPerS, jobsProbe, webPerS, webProbe } from './capacity.js';
import { askOf, type CellPlan, type Group } from './cells.js';
import type { TrialOutcome } from './outcome.js';
import { referenceContestant } from './reference.js';

/** What was measured before the first block: how much each adapter carries, how much the web server does alone. */
export interface CapacityBook {
  capacity(group: Group): Capacity;
  /** Why the capacity could not be measured: its cells fail without more ado. */
  failure(group: Group): JobbenchError | undefined;
  failedOutcome(group: Group): TrialOutcome | undefined;
  /** Jobs per second of the suite's own floor: what this harness can measure at most. */
  readonly ceilingPerS?: number;
}

/** The same load for all who are asked the same: what the weakest of them carries. */
export function levelled(book: CapacityBook, groups: readonly Group[]): CapacityBook {
  const least = (rates: readonly (number | undefined)[]) => {
    const known = rates.filter((rate) => rate !== undefined);
    return known.length === 0 ? undefined : Math.min(...known);
  };
  return {
    ...book,
    capacity(group) {
      const ask = askOf(group.cells[0]);
      const all = groups.filter(({ cells: [first] }) => askOf(first) === ask).map(book.capacity);
      const jobsPerS = least(all.map((one) => one.jobsPerS));
      const webPerS = least(all.map((one) => one.webPerS));
      return { ...(jobsPerS !== undefined && { jobsPerS }), ...(webPerS !== undefined && { webPerS }) };
    },
  };
}

/** Measures each capacity once that some layout depends on. */
export async function measureCapacities(
  groups: readonly Group[],
  bench: Bench,
  status: (text: string) => void,
  signal: AbortSignal,
): Promise<CapacityBook> {
  const jobs = new Map<string, number>();
  const failures = new Map<string, TrialOutcome>();
  const web = new Map<string, number>();
  for (const group of groups) {
    const [cell] = group.cells;
    const calibrate = needs(group);
    const layout = layoutOf(group);
    if (calibrate.includes('jobsPerS') && !jobs.has(jobsKey(cell, layout)) && !failures.has(jobsKey(cell, layout))) {
      if (signal.aborted) break;
      status(`measuring what ${cell.contestant.label} carries`);
      const outcome = await bench.trial(cell.contestant, cell.traits, jobsProbe(layout), 1);
      if (outcome.failure?.code === 'ABORTED') break;
      const rate = outcome.failure ? undefined : jobsPerS(outcome.timeline);
      if (rate === undefined) failures.set(jobsKey(cell, layout), outcome);
      else jobs.set(jobsKey(cell, layout), rate);
    }
    // The web server is ours: where one adapter cannot even be connected to, another one tells as well.
    const tried = `${webKey(layout)} ${cell.contestant.label}`;
    if (calibrate.includes('webPerS') && !web.has(webKey(layout)) && !failures.has(tried)) {
      if (signal.aborted) break;
      status('measuring what the web server answers alone');
      const outcome = await bench.trial(cell.contestant, cell.traits, webProbe(layout), 1);
      if (outcome.failure?.code === 'ABORTED') break;
      const rate = outcome.failure ? undefined : webPerS(outcome.timeline);
      if (rate === undefined) failures.set(tried, outcome);
      else web.set(webKey(layout), rate);
    }
  }
  const failed = (group: Group) => {
    const layout = layoutOf(group);
    const wanted = needs(group);
    const byJobs = wanted.includes('jobsPerS') ? failures.get(jobsKey(group.cells[0], layout)) : undefined;
    if (byJobs !== undefined || !wanted.includes('webPerS') || web.has(webKey(layout))) return byJobs;
    return failures.get(`${webKey(layout)} ${group.cells[0].contestant.label}`);
  };
  const ceilingPerS = signal.aborted ? undefined : await ceiling(groups, bench, status);
  return {
    capacity(group) {
      const layout = layoutOf(group);
      const jobsRate = jobs.get(jobsKey(group.cells[0], layout));
      const webRate = web.get(webKey(layout));
      return {
        ...(jobsRate !== undefined && { jobsPerS: jobsRate }),
        ...(webRate !== undefined && { webPerS: webRate }),
      };
    },
    failure: (group) => failed(group)?.failure,
    failedOutcome: failed,
    ...(ceilingPerS !== undefined && { ceilingPerS }),
  };
}

async function ceiling(
  groups: readonly Group[],
  bench: Bench,
  status: (text: string) => void,
): Promise<number | undefined> {
  const fastest = groups.find((group) => needs(group).includes('jobsPerS'));
  if (fastest === undefined) return undefined;
  const contestant = await referenceContestant();
  if (contestant === undefined) return undefined;
  status('measuring the ceiling of this harness');
  const { web: _, ...probe } = jobsProbe(layoutOf(fastest));
  const layout = { ...probe, work: { kind: 'noop' as const }, attempts: 1 };
  const outcome = await bench.trial(contestant, contestant.adapter.traits, layout, 1);
  return outcome.failure ? undefined : jobsPerS(outcome.timeline);
}

function needs(group: Group): readonly (keyof Capacity)[] {
  return group.cells[0].question.scenario.calibrate(group.cells.map((one) => one.params));
}

/** A layout's fixed parts do not depend on capacities: any stand-in will do to read them. */
function layoutOf(group: Group): Layout {
  const [first, ...others] = group.cells;
  const standIn = { traits: first.traits, capacity: { jobsPerS: 1000, webPerS: 500 } };
  return first.question.scenario.layout([first.params, ...others.map((cell) => cell.params)], standIn);
}

function jobsKey(cell: CellPlan, layout: Layout): string {
  return `${cell.contestant.label} ${capacityKey(layout)}`;
}

function webKey(layout: Layout): string {
  const { placement: _, ...spec } = layout.web ?? { placement: 'loop' };
  return JSON.stringify(spec);
}
