import { join } from 'node:path';
import { withLoops } from '../../scripts/bench/children.js';
import { counter } from '../../scripts/bench/closed.js';

/**
 * Several worker processes drain one queue that has more than they get done.
 * @param plan of each, from stage.js; the queue is filled already
 * @param during what else happens while they are watched: plans of more processes, and what to do with these
 * @returns `{ rate, share }`: jobs/s of all, and % of the worker that got least; and what `during` returned
 */
export function crowd(plan, { workers, warmMs, durationMs, during = { plans: [], run: async () => ({}) } }) {
  const files = Array.from({ length: workers }, (_, k) => join(plan.dir, `count${k}`));
  return withLoops([...files.map(() => plan), ...during.plans], async (loops) => {
    const counters = files.map(counter);
    await Promise.all(files.map((file, k) => loops[k].ask('serve', file)));
    await passed(warmMs);
    const before = counters.map((one) => one.get());
    const from = performance.now();
    const [others] = await Promise.all([during.run(loops.slice(workers)), passed(durationMs)]);
    const done = counters.map((one, k) => one.get() - before[k]);
    const tookMs = performance.now() - from;
    const all = done.reduce((sum, n) => sum + n, 0);
    if (all === 0) throw new Error('no worker did anything while it was watched');
    return { rate: (all * 1000) / tookMs, share: (100 * Math.min(...done)) / all, ...others };
  });
}

const passed = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
