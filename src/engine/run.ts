import { JobbenchError } from '../core/errors.js';
import type { ResultFile } from '../core/result.js';
import { openBench } from './bench.js';
import { assertBounded } from './bounds.js';
import { groupCells, planCells } from './cells.js';
import { estimateMs } from './estimate.js';
import { finishCells } from './finish.js';
import { calibrate, describeHost } from './machine.js';
import { startNoise } from './noise.js';
import { type Registration, registerRun } from './others.js';
import type { Observer, RunRequest } from './request.js';
import { resultFile } from './resultfile.js';
import { measureGroups, type SecondLook, type TrialSink } from './rounds.js';
import { openScratch } from './scratch.js';
import { turnsOf } from './turns.js';
import { runWarnings } from './warnings.js';

/** Measures every cell of a request. Resolves also when the signal fires: to what was measured until then. */
export async function measure(
  request: RunRequest,
  observer: Observer,
  sink: TrialSink,
  signal: AbortSignal,
  secondLook?: SecondLook,
): Promise<ResultFile> {
  const startedAt = new Date();
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
    const facts = {
      ...host,
      calibration: {
        ...calibration,
        clockSkewBoundUs: bench.skewBoundUs(),
        ...(measured.book.ceilingPerS !== undefined && { ceilingPerS: measured.book.ceilingPerS }),
      },
      noise: noiseSeen,
    };
    return resultFile(request, { startedAt, cells: finished, host: facts, warnings, aborted: signal.aborted });
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
  assertBounded(cells, request);
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
