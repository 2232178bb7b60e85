import { JobbenchError } from '../core/errors.js';
import { seedFor } from '../core/random.js';
import type { Cell, Trial } from '../core/result.js';
import type { LayoutContext } from '../core/scenario.js';
import { recordTrial, type TrialRecord } from './assemble.js';
import type { Bench } from './bench.js';
import { type CapacityBook, levelled, measureCapacities } from './capacities.js';
import { askOf, type CellPlan, type Group, groupCells } from './cells.js';
import { estimateMs, forecast } from './estimate.js';
import { finishCells, type Measurement } from './finish.js';
import type { Observer, RunRequest } from './request.js';
import { type Turn, turnsOf } from './turns.js';

/** Receives each trial as soon as it is measured, so that a crash keeps what there is. */
export interface TrialSink {
  trial(entry: { readonly cell: string; readonly trial: Trial }): void;
}

/** A reason to go on after the last planned block, asked once. */
export interface SecondLook {
  /** Blocks after it. */
  readonly trials: number;
  wanted(cells: readonly Cell[]): boolean;
}

/** No layout in virtual time depends on what this machine can do. */
const NOTHING_MEASURED: CapacityBook = {
  capacity: () => ({}),
  failure: () => undefined,
  failedOutcome: () => undefined,
};

/** Goes round all cells, block after block, and keeps what each trial came to. */
export async function measureGroups(
  request: RunRequest,
  cells: readonly CellPlan[],
  bench: Bench,
  observer: Observer,
  sink: TrialSink,
  signal: AbortSignal,
  secondLook: SecondLook | undefined,
): Promise<{ measurements: Map<string, Measurement>; book: CapacityBook }> {
  const measurements = new Map<string, Measurement>();
  const groups = groupCells(cells);
  const first = turnsOf(groups, request);
  let begun = 0;
  const preparing = (text: string) => observer.status(text, estimateMs(first, ++begun));
  const virtual = request.time === 'virtual';
  const each = virtual ? NOTHING_MEASURED : await measureCapacities(groups, bench, preparing, signal);
  const book = request.contest === 'arms' ? levelled(each, groups) : each;
  const givenUp = new Set(groups.filter((group) => book.failure(group) !== undefined));
  const ahead = forecast(book.capacity);
  const giveUp = (group: Group) => {
    const alike = (other: Group) => request.contest === 'arms' && askOf(other.cells[0]) === askOf(group.cells[0]);
    for (const other of groups) if (other === group || alike(other)) givenUp.add(other);
  };
  async function take(planned: readonly Turn[]): Promise<void> {
    const turns = [...planned];
    for (const [done, { group, block }] of turns.entries()) {
      if (signal.aborted) return;
      if (givenUp.has(group)) continue;
      const [cell] = group.cells;
      const where = `${cell.question.name} on ${cell.contestant.label}`;
      const remaining = () => ahead.remainingMs(turns.slice(done).filter((turn) => !givenUp.has(turn.group)));
      const left = virtual ? undefined : remaining();
      observer.status(
        request.time === 'virtual' ? `simulating ${where}` : `${where}, trial ${done + 1} of ${turns.length}`,
        left,
      );
      const seed = seedFor(request.seed, seedWord(request, group), block);
      const begin = performance.now();
      await measureGroup(group, bench, contextOf(request, group, book), { block, seed }, measurements, sink);
      if (measurements.get(cell.id)?.failure) giveUp(group);
      else if (!virtual) ahead.took(group, performance.now() - begin);
      // A broken arm has lost already: what the other one can do is of no use to anybody.
      const broken = group.cells.some(({ id }) => (measurements.get(id)?.records.at(-1)?.invalid.length ?? 0) > 0);
      if (broken && request.contest === 'arms') giveUp(group);
      // Once more at the end, where something around it spoilt the trial; arms must stay neighbours, so their block is lost.
      const spoilt = group.cells.some(({ id }) => measurements.get(id)?.records.at(-1)?.trial.setAside !== undefined);
      if (spoilt && done < planned.length && request.contest !== 'arms') turns.push({ group, block });
    }
  }
  await take(first);
  if (secondLook === undefined || signal.aborted) return { measurements, book };
  if (secondLook.wanted(await finishCells(cells, measurements, book, false))) {
    observer.note(`not clear after ${request.trials} blocks: measuring ${secondLook.trials - request.trials} more`);
    const all = turnsOf(groups, { ...request, trials: secondLook.trials });
    await take(all.filter(({ block }) => block >= request.trials));
  }
  return { measurements, book };
}

/** Arms get the same arrivals, so that what differs between them is not their luck; and so do simulated cells of one scenario. */
function seedWord({ contest, time }: RunRequest, group: Group): string {
  const [cell] = group.cells;
  if (time === 'virtual') return cell.question.name;
  return contest === 'arms' ? askOf(cell) : group.key;
}

function contextOf({ time, traces }: RunRequest, group: Group, book: CapacityBook): LayoutContext {
  const { traits } = group.cells[0];
  return { traits, capacity: book.capacity(group), ...(time && { time }), ...(traces && { traces }) };
}

async function measureGroup(
  group: Group,
  bench: Bench,
  context: LayoutContext,
  { block, seed }: { block: number; seed: number },
  measurements: Map<string, Measurement>,
  sink: TrialSink,
): Promise<void> {
  const [first, ...others] = group.cells;
  const { scenario } = first.question;
  const layout = scenario.layout([first.params, ...others.map((cell) => cell.params)], context);
  const startedAt = new Date().toISOString();
  const outcome = await bench.trial(first.contestant, first.traits, layout, seed);
  for (const cell of group.cells) {
    const held = measurements.get(cell.id) ?? { records: [], effective: outcome.effective };
    measurements.set(cell.id, held);
    if (outcome.failure) {
      if (outcome.failure.code === 'ABORTED') continue;
      held.failure = outcome.failure;
      held.failedLedger = outcome.ledger;
      continue;
    }
    const meta = { index: held.records.length, block, startedAt, seed };
    const record = recorded(cell, context, outcome, meta);
    if (record instanceof JobbenchError) {
      held.failure = record;
      held.failedLedger = outcome.ledger;
      continue;
    }
    held.records.push(record);
    held.effective = outcome.effective;
    sink.trial({ cell: cell.id, trial: record.trial });
  }
}

function recorded(
  cell: CellPlan,
  context: LayoutContext,
  outcome: Awaited<ReturnType<Bench['trial']>>,
  meta: { index: number; block: number; startedAt: string; seed: number },
): TrialRecord | JobbenchError {
  const { adapter, ref } = cell.contestant;
  try {
    return recordTrial(cell.question.scenario, adapter, ref.options, cell.params, context, outcome, meta);
  } catch (error) {
    // What the adapter measured of itself cannot be kept. Anything else is a bug of ours.
    if (error instanceof JobbenchError) return error;
    throw error;
  }
}
