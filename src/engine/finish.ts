import { cpus } from 'node:os';
import type { Settings } from '../core/adapter.js';
import { describeError, type JobbenchError } from '../core/errors.js';
import type { Cell, Ledger, Warning } from '../core/result.js';
import type { LessonCell, Scenario } from '../core/scenario.js';
import { redact, safeValues } from '../core/secrets.js';
import { summarise, type TrialRecord } from './assemble.js';
import type { CapacityBook } from './capacities.js';
import type { CellPlan } from './cells.js';
import { packageVersions } from './versions.js';

/** A row above this share of the harness's own ceiling says as much about the harness as about the backend. */
const HARNESS_SHARE = 0.2;
const FEW_CORES = 4;
const MOST_ASIDE = 0.25;

/** What was measured for a cell, while it is being measured. */
export interface Measurement {
  readonly records: TrialRecord[];
  effective: Settings;
  failure?: JobbenchError;
  failedLedger?: Ledger;
}

/** Every cell of the matrix as the file keeps it: measured, skipped, failed or invalid, never silently missing. */
export async function finishCells(
  plans: readonly CellPlan[],
  measurements: ReadonlyMap<string, Measurement>,
  book: CapacityBook,
  aborted: boolean,
): Promise<Cell[]> {
  return plans.map((plan) => finishCell(plan, measurements.get(plan.id), book, aborted));
}

function finishCell(plan: CellPlan, held: Measurement | undefined, book: CapacityBook, aborted: boolean): Cell {
  const group = { cells: [plan] as const, key: '' };
  const base = baseOf(plan, held?.effective ?? {});
  if (plan.skip !== undefined) return { ...base, status: 'skipped', reason: plan.skip };
  const probe = book.failedOutcome(group);
  const failure = held?.failure ?? probe?.failure;
  const capacity = { ...book.capacity(group) };
  const { scenario } = plan.question;
  const known = { ...base, capacity };
  if (failure !== undefined) {
    const ledger = held?.failedLedger ?? probe?.ledger;
    const counts = ledger
      ? ` (planned ${ledger.planned}, accepted ${ledger.accepted}, completed ${ledger.completed})`
      : '';
    const error = { code: failure.code, message: `${describeError(failure)}${counts}` };
    return { ...known, status: 'failed', error, trials: (held?.records ?? []).map((record) => record.trial) };
  }
  if (held === undefined || held.records.length === 0) {
    return { ...known, status: 'skipped', reason: aborted ? 'stopped before it was measured' : 'not measured' };
  }
  const setting = scenario.describe?.(plan.params, { traits: plan.traits, capacity });
  const summary = summarise(scenario, held.records);
  const reasons = [...invalidReasons(held.records), ...disturbances(held.records)];
  return {
    ...known,
    ...(setting !== undefined && { setting }),
    ...summary,
    status: reasons.length > 0 ? 'invalid' : 'ok',
    ...(reasons.length > 0 && { reason: reasons.join('; ') }),
    trials: held.records.map((record) => record.trial),
    warnings: cellWarnings(plan, held.records, summary.summary, book),
  };
}

function baseOf(plan: CellPlan, effective: Settings): Cell {
  const { contestant, question, params, traits } = plan;
  return {
    id: plan.id,
    scenario: { name: question.name, params: { ...params } },
    adapter: {
      name: contestant.ref.name,
      label: contestant.label,
      options: safeValues(contestant.ref.options),
      traits: { ...traits },
      versions: packageVersions(contestant.adapter.packages ?? []),
      ...(contestant.ref.source !== undefined && { source: contestant.ref.source }),
      effective: safeValues(effective),
    },
    status: 'skipped',
    metrics: Object.fromEntries(
      Object.entries({ ...question.scenario.metrics, ...contestant.adapter.metrics }).map(([name, info]) => [
        name,
        { ...info },
      ]),
    ),
    trials: [],
    summary: {},
    warnings: [],
  };
}

function invalidReasons(records: readonly TrialRecord[]): string[] {
  const counts = new Map<string, number>();
  for (const record of records) for (const reason of record.invalid) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts.keys()];
}

/** Some trials may be set aside for what happened around them; with too many the others are a choice of the lucky ones. */
function disturbances(records: readonly TrialRecord[]): string[] {
  const { aside, blocks, text } = setAside(records);
  return aside > MOST_ASIDE * blocks ? [text] : [];
}

/** Blocks that have no trial which counts, those that were measured again left out. */
function setAside(records: readonly TrialRecord[]): { aside: number; blocks: number; text: string } {
  const all = new Set(records.map(({ trial }) => trial.block));
  const counted = new Set(records.filter(({ trial }) => trial.setAside === undefined).map(({ trial }) => trial.block));
  const reasons = new Set(records.map(({ trial }) => trial.setAside).filter((reason) => reason !== undefined));
  const aside = all.size - counted.size;
  const trials = `${aside} of ${all.size} ${all.size === 1 ? 'trial' : 'trials'}`;
  return { aside, blocks: all.size, text: `${trials} cannot be counted: ${[...reasons].slice(0, 2).join('; ')}` };
}

function cellWarnings(
  plan: CellPlan,
  records: readonly TrialRecord[],
  summary: Cell['summary'],
  book: CapacityBook,
): Warning[] {
  const found = new Map<string, Warning>();
  for (const record of records)
    for (const warning of record.trial.warnings) if (!found.has(warning.code)) found.set(warning.code, warning);
  const around = setAside(records);
  if (around.aside > 0) found.set('set-aside', { code: 'set-aside', message: around.text });
  for (const [n, message] of (
    plan.contestant.adapter.notes?.(plan.contestant.ref.options, plan.time ?? 'real') ?? []
  ).entries()) {
    found.set(`note-${n}`, { code: 'adapter-note', message: redact(message) });
  }
  const { metrics } = plan.question.scenario;
  const ceiling = book.ceilingPerS;
  const carries = book.capacity({ cells: [plan], key: '' }).jobsPerS ?? 0;
  const fast =
    carries > HARNESS_SHARE * (ceiling ?? Number.POSITIVE_INFINITY) &&
    Object.entries(summary).some(
      ([metric, { median }]) =>
        metrics[metric]?.unit === 'jobs/s' && ceiling !== undefined && median > HARNESS_SHARE * ceiling,
    );
  if (fast && !plan.contestant.adapter.reference) {
    const message =
      'harness-bound: above 20 % of the rate of an empty backend, so the harness itself is part of this number';
    found.set('harness-bound', { code: 'harness-bound', message });
  }
  if (plan.question.scenario.colocates && cpus().length < FEW_CORES) {
    const message = `colocated: server, jobs and load generator share ${cpus().length} cores`;
    found.set('colocated', { code: 'colocated', message });
  }
  const one = inOneProcess(plan);
  if (one !== undefined) found.set('one-process', { code: 'one-process', message: one });
  return [...found.values()];
}

/** An embedded queue lives in one process, which plays all roles (`place`): more of them are not what a reader would think. */
function inOneProcess({ traits, params }: CellPlan): string | undefined {
  const { producers, workers, concurrency } = params as Readonly<Record<string, unknown>>;
  if (traits.topology !== 'embedded') return undefined;
  const parts = [
    ...(typeof producers === 'number' && producers > 1 ? [`${producers} producers are one`] : []),
    ...(typeof workers === 'number' && workers > 1 && typeof concurrency === 'number'
      ? [`${workers} workers of ${concurrency} slots are one of ${workers * concurrency}`]
      : []),
  ];
  return parts.length === 0 ? undefined : `an embedded queue has one process: ${parts.join(', and ')}`;
}

/** The scenario's own sentence about its cells. */
export function lessons(scenario: Scenario, name: string, cells: readonly Cell[]): string | undefined {
  return scenario.lesson?.(cells.filter((cell) => cell.scenario.name === name).map(lessonCell));
}

/** The cells, with a word on those that stand out among those of the scenario. */
export function marked(scenario: Scenario, name: string, cells: readonly Cell[]): Cell[] {
  if (scenario.mark === undefined) return [...cells];
  const seen = new Map(cells.filter((cell) => cell.scenario.name === name).map((cell) => [cell, lessonCell(cell)]));
  const marks = scenario.mark([...seen.values()]);
  return cells.map((cell) => {
    const one = seen.get(cell);
    const mark = one && marks.get(one);
    return mark === undefined ? cell : { ...cell, mark };
  });
}

function lessonCell(cell: Cell): LessonCell {
  return {
    adapter: cell.adapter.label,
    params: cell.scenario.params,
    // The schema is looser than what we put in: these are the traits of the plan.
    traits: cell.adapter.traits as unknown as LessonCell['traits'],
    status: cell.status,
    values: valuesOf(cell),
  };
}

function valuesOf(cell: Cell): Record<string, number> {
  const values: Record<string, number> = {};
  for (const [metric, merged] of Object.entries(cell.merged ?? {})) values[metric] = merged.value;
  for (const [metric, summary] of Object.entries(cell.summary)) values[metric] = summary.median;
  return values;
}
