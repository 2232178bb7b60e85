import { JobbenchError } from '../core/errors.js';
import { seedFor } from '../core/random.js';
import { type Cell, RESULT_FORMAT, RESULT_VERSION, type ResultFile, type Trial } from '../core/result.js';
import type { Capacity, LayoutContext } from '../core/scenario.js';
import { recordTrial, type TrialRecord } from './assemble.js';
import { type Bench, openBench } from './bench.js';
import { type CapacityBook, levelled, measureCapacities } from './capacities.js';
import { askOf, type CellPlan, type Group, groupCells, planCells } from './cells.js';
import { estimateMs, forecast } from './estimate.js';
import { finishCells, lessons, type Measurement } from './finish.js';
import { calibrate, describeHost } from './machine.js';
import { startNoise } from './noise.js';
import { type Registration, registerRun } from './others.js';
import type { Observer, RunRequest } from './request.js';
import { openScratch } from './scratch.js';
import { type Turn, turnsOf } from './turns.js';
import { runWarnings } from './warnings.js';

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

/** Measures every cell of a request. Resolves also when the signal fires: to what was measured until then. */
export async function measure(
  request: RunRequest,
  observer: Observer,
  sink: TrialSink,
  signal: AbortSignal,
  secondLook?: SecondLook,
): Promise<ResultFile> {
  const startedAt = new Date();
  const id = request.id;
  const cells = await planCells(request);
  const groups = groupCells(cells);
  const registration = registerRun();
  const noise = startNoise();
  const cpuBefore = process.cpuUsage();
  await using scratch = openScratch(request.keep);
  try {
    observer.status('measuring this machine', estimateMs(turnsOf(groups, request)));
    const calibration = await calibrate(scratch.dir);
    const host = await describeHost();
    const bench = openBench(request, scratch.dir, calibration.spinsPerMs, signal);
    const company = watchCompany(registration, observer);
    const measured = await measureGroups(request, cells, bench, company.watched, sink, signal, secondLook);
    const noiseSeen = noise(bench.cpuMs() + ownCpuMs(cpuBefore));
    const warnings = runWarnings(
      noiseSeen,
      calibration.timerLateP99Ms,
      company.alone(),
      request.keep ? scratch.dir : undefined,
    );
    const finished = await finishCells(cells, measured.measurements, measured.book, signal.aborted);
    return {
      format: RESULT_FORMAT,
      version: RESULT_VERSION,
      run: {
        id,
        startedAt: startedAt.toISOString(),
        finishedAt: new Date().toISOString(),
        status: signal.aborted ? 'aborted' : 'complete',
        jobbench: request.version,
        command: [...request.command],
        seed: request.seed,
        profile: request.profile,
      },
      host: {
        ...host,
        calibration: {
          ...calibration,
          clockSkewBoundUs: bench.skewBoundUs(),
          ...(measured.book.ceilingPerS !== undefined && { ceilingPerS: measured.book.ceilingPerS }),
        },
        noise: noiseSeen,
      },
      scenarios: request.questions.map(({ name, scenario }) => {
        const lesson = lessons(scenario, name, finished);
        return { name, question: scenario.question, model: scenario.model, ...(lesson !== undefined && { lesson }) };
      }),
      cells: finished,
      warnings,
    };
  } finally {
    registration.release();
  }
}

/** Looks for other runs whenever something new is measured, so that a short one inside a long one is seen by both. */
function watchCompany(registration: Registration, observer: Observer): { watched: Observer; alone(): boolean } {
  let seen: 'nobody' | 'somebody' = 'nobody';
  const look = () => {
    if (seen === 'somebody' || registration.others().length === 0) return;
    seen = 'somebody';
    observer.note('another jobbench run is active on this machine: the numbers of both suffer, and will be marked');
  };
  look();
  return {
    watched: {
      status(text, remainingMs) {
        look();
        observer.status(text, remainingMs);
      },
      note: (text) => observer.note(text),
    },
    alone() {
      look();
      return seen === 'nobody';
    },
  };
}

async function measureGroups(
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
  const each = await measureCapacities(groups, bench, preparing, signal);
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
      const left = ahead.remainingMs(turns.slice(done).filter((turn) => !givenUp.has(turn.group)));
      observer.status(`${where}, trial ${done + 1} of ${turns.length}`, left);
      // Arms get the same arrivals, so that what differs between them is not their luck.
      const seed = seedFor(request.seed, request.contest === 'arms' ? askOf(cell) : group.key, block);
      const begin = performance.now();
      await measureGroup(group, bench, book.capacity(group), { block, seed }, measurements, sink);
      if (measurements.get(cell.id)?.failure) giveUp(group);
      else ahead.took(group, performance.now() - begin);
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

async function measureGroup(
  group: Group,
  bench: Bench,
  capacity: Capacity,
  { block, seed }: { block: number; seed: number },
  measurements: Map<string, Measurement>,
  sink: TrialSink,
): Promise<void> {
  const [first, ...others] = group.cells;
  const { scenario } = first.question;
  const context: LayoutContext = { traits: first.traits, capacity };
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
): TrialRecord {
  const { adapter, ref } = cell.contestant;
  return recordTrial(cell.question.scenario, adapter, ref.options, cell.params, context, outcome, meta);
}

function ownCpuMs(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
}

/** What `--dry-run` shows: every cell, the order of the first block, and how long it will take. Creates nothing. */
export async function planRun(request: RunRequest): Promise<{
  /** `question` is the same for cells that differ only in their contestant. */
  cells: { id: string; question: string; status: 'planned' | 'skipped'; reason?: string }[];
  trials: number;
  estimateMs: number;
}> {
  const cells = await planCells(request);
  const groups = groupCells(cells);
  if (cells.length === 0) throw new JobbenchError('USAGE', 'nothing to measure: name an adapter and a scenario');
  const turns = turnsOf(groups, request);
  return {
    cells: cells.map(({ id, skip, question, params }) => {
      const cell = { id, question: JSON.stringify([question.name, params]) };
      return skip === undefined ? { ...cell, status: 'planned' } : { ...cell, status: 'skipped', reason: skip };
    }),
    trials: turns.length,
    estimateMs: estimateMs(turns),
  };
}
