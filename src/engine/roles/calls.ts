import type { Session } from '../../core/adapter.js';
import { type Epoch, type RunMs, toWall } from '../../core/clock.js';
import type { Job } from '../../core/job.js';
import type { Load } from '../../core/layout.js';
import type { CallTimes } from '../../core/timeline.js';

/** Scheduled this far ahead, so that the call is measured and not the job. */
const AHEAD_MS = 2_000;
const PROBES = 1000;
const PROBE_MS = 200;
const MOST_CALLS = 20_000;
const MOST_BULK_JOBS = 200_000;

/**
 * Times single calls with tinybench: one after another, each awaited, its own timer and statistics. Nothing of ours is
 * inside the timed function but the making of the job.
 */
export async function timeCalls(
  load: Load & { readonly kind: 'calls' },
  phase: string,
  session: Session,
  epoch: Epoch,
  clock: () => RunMs,
  makeJob: () => Job,
): Promise<CallTimes> {
  const { Bench } = await import('tinybench');
  const call = callOf(load, session, epoch, clock, makeJob);
  const time = Math.min(load.durationMs, (await callMs(call, clock)) * mostCalls(load));
  const bench = new Bench({ time, warmupTime: time / 5, throws: true });
  bench.add(load.call, call);
  await bench.run();
  const result = bench.tasks[0]?.result;
  if (result === undefined || !('latency' in result)) throw new Error(`tinybench has no result for ${load.call}`);
  const { latency, throughput } = result;
  return {
    phase,
    samples: latency.samplesCount,
    perS: throughput.mean,
    p50Ms: latency.p50,
    p99Ms: latency.p99,
    marginPercent: latency.rme,
  };
}

/** All these jobs must be worked off afterwards, so a call that costs next to nothing is not repeated for ever. */
function mostCalls({ call, batch }: Load & { readonly kind: 'calls' }): number {
  return call === 'enqueueMany' ? MOST_BULK_JOBS / batch : MOST_CALLS;
}

/** What one call takes about, once it is warm: only to decide how long to go on, never reported. */
async function callMs(call: () => Promise<unknown>, clock: () => RunMs): Promise<number> {
  const start = clock();
  let calls = 0;
  let from = start;
  while (calls < PROBES && clock() - start < PROBE_MS) {
    if (calls === PROBES / 2) from = clock();
    await call();
    calls++;
  }
  return (clock() - from) / (calls > PROBES / 2 ? calls - PROBES / 2 : calls);
}

function callOf(
  load: Load & { readonly kind: 'calls' },
  session: Session,
  epoch: Epoch,
  clock: () => RunMs,
  makeJob: () => Job,
): () => Promise<unknown> {
  const { enqueueAt, enqueueMany } = session;
  switch (load.call) {
    case 'enqueue':
      return () => session.enqueue(makeJob());
    case 'enqueueAt':
      if (enqueueAt === undefined) throw new Error('the adapter declares schedules but has no enqueueAt');
      return () => enqueueAt.call(session, makeJob(), toWall(epoch, (clock() + AHEAD_MS) as RunMs));
    case 'enqueueMany':
      if (enqueueMany === undefined) throw new Error('the adapter declares a bulk path but has no enqueueMany');
      return () => enqueueMany.call(session, Array.from({ length: load.batch }, makeJob));
    default:
      return load.call satisfies never;
  }
}
