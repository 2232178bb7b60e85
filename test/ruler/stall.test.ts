import { afterAll, expect, it } from 'vitest';
import { phaseOf } from '../../src/core/timeline.js';
import { quantile } from '../../src/stats/quantile.js';
import { contestant, missing, scratchFolder } from '../support/contestants.js';
import { runTrial } from '../support/dist.js';
import { openPhase, plain, spans, trialRequest } from '../support/trial.js';

const RATE_PER_S = 100;
const LENGTH_MS = 6_000;
const STALL_MS = 1_200;

const scratch = scratchFolder();
afterAll(() => scratch.remove());
const sqlite = await contestant('sqlite');
const reason = await missing(sqlite);

/**
 * R4. Jobs come every 10 ms; the worker is frozen for S out of T. Those that come meanwhile wait for what is left of the
 * stall, so quantile q of all latencies is S - (1 - q) T. A harness that counts from the call, or that waits for one
 * answer before it sends the next, would see a single slow job.
 */
it.skipIf(reason !== undefined)(
  reason ?? 'R4: a stall of the worker shows in every job that was due meanwhile',
  async () => {
    const load = { arrivals: 'constant', ratePerS: RATE_PER_S, durationMs: LENGTH_MS } as const;
    const layout = { ...plain, phases: [openPhase({ ...load, durationMs: 300 }, 'warm-up'), openPhase(load)] };
    let worker = 0;
    let frozenMs = Number.NaN;
    const outcome = await runTrial(trialRequest(sqlite, scratch.dir, layout), new AbortController().signal, {
      started(pids) {
        worker = pids.get('worker-0') ?? 0;
      },
      phase(name) {
        if (name === 'open') setTimeout(() => freeze(worker, (ms) => (frozenMs = ms)), 2_000);
      },
    });
    expect(outcome.failure).toBeUndefined();
    expect(outcome.ledger).toMatchObject({ planned: 630, lost: 0, duplicated: 0 });
    const { window, indices } = phaseOf(outcome.timeline, 'open');
    // From the schedule itself: the k-th job is due k gaps after the start.
    const totals = Float64Array.from(indices, (i, k) => {
      return (outcome.timeline.finished[i] as number) - window.startMs - (k * 1000) / RATE_PER_S;
    });
    expect(totals.length).toBe((LENGTH_MS / 1000) * RATE_PER_S);
    expect(
      spans(outcome.timeline, 'open', 'due', 'finished').every((ms, k) => Math.abs(ms - (totals[k] ?? 0)) < 1e-6),
    ).toBe(true);
    for (const q of [0.9, 0.95]) {
      const predicted = frozenMs - (1 - q) * LENGTH_MS;
      expect(Math.abs(quantile(totals, q) / predicted - 1)).toBeLessThan(0.1);
    }
    expect(quantile(totals, 0.5)).toBeLessThan(100);
    // The generator went on all the while: it is the backend that was late.
    expect(quantile(spans(outcome.timeline, 'open', 'due', 'called'), 0.95)).toBeLessThan(100);
  },
);

/** Timers of a busy machine are late: what counts is how long it really was. */
function freeze(pid: number, thawed: (ms: number) => void): void {
  process.kill(pid, 'SIGSTOP');
  const from = performance.now();
  setTimeout(() => {
    process.kill(pid, 'SIGCONT');
    thawed(performance.now() - from);
  }, STALL_MS);
}
