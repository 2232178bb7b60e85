import type { Host, ResultFile } from '../core/result.js';
import { planCells } from './cells.js';
import { finishCells } from './finish.js';
import { describeHost } from './machine.js';
import type { Observer, RunRequest } from './request.js';
import { resultFile } from './resultfile.js';
import { measureGroups, type TrialSink } from './rounds.js';
import { openVirtualBench } from './virtual.js';

/** Nothing of this machine goes into a simulated number, so nothing of it is measured: the same seed gives the same file. */
const UNMEASURED = {
  calibration: { clockReadNs: 0, clockSkewBoundUs: 0, timerLateP99Ms: 0, fsyncP50Us: 0, spinsPerMs: 0 },
  noise: { load1: 0, stealPercent: 0, otherCpuPercent: 0 },
} as const satisfies Pick<Host, 'calibration' | 'noise'>;

/** As `measure`, in virtual time. */
export async function simulate(
  request: RunRequest,
  observer: Observer,
  sink: TrialSink,
  signal: AbortSignal,
): Promise<ResultFile> {
  const startedAt = new Date();
  const virtual = { ...request, time: 'virtual' as const };
  const plans = await planCells(virtual);
  const bench = openVirtualBench(signal);
  const { measurements, book } = await measureGroups(virtual, plans, bench, observer, sink, signal, undefined);
  const cells = await finishCells(plans, measurements, book, signal.aborted);
  const host = { ...(await describeHost()), ...UNMEASURED };
  return resultFile(virtual, { startedAt, cells, host, warnings: [], aborted: signal.aborted });
}
