import type { Layout } from '../core/scenario.js';
import type { Group } from './cells.js';

/** Starting and ending the processes of a trial, as seen on small machines. */
const TRIAL_OVERHEAD_MS = 900;
const CAPACITY_MS = 2_000;
const MACHINE_MS = 1_500;

/** One trial of one group, in the order in which they will be measured. */
export interface Turn {
  readonly group: Group;
  readonly block: number;
}

/** About how long a run still takes, from the plan alone. @param done turns that are over */
export function estimateMs(turns: readonly Turn[], done: number): number {
  if (done >= turns.length) return 0;
  const capacities = new Set(turns.map(({ group }) => group.cells[0].contestant.label)).size + 2;
  const before = done === 0 ? MACHINE_MS + capacities * CAPACITY_MS : 0;
  return before + turns.slice(done).reduce((sum, { group }) => sum + trialMs(group), 0);
}

function trialMs(group: Group): number {
  const [first, ...others] = group.cells;
  const { scenario } = first.question;
  const context = { traits: first.traits, capacity: { jobsPerS: 1000, webPerS: 500 } };
  const layout = scenario.layout([first.params, ...others.map((cell) => cell.params)], context);
  return TRIAL_OVERHEAD_MS + layout.phases.reduce((sum, phase) => sum + phaseMs(phase), 0);
}

function phaseMs({ jobs, web }: Layout['phases'][number]): number {
  const load = jobs === undefined ? 0 : jobs.kind === 'count' ? jobs.jobs / 2 : jobs.durationMs;
  return Math.max(load, web?.durationMs ?? 0, 200);
}
