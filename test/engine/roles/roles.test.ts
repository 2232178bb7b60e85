import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { RunMs } from '../../../src/core/clock.js';
import { runClock, takeEpoch } from '../../../src/core/clock.js';
import { openRoles } from '../../../src/engine/roles/roles.js';
import latency from '../../../src/scenarios/latency.js';
import { stubTraits } from '../../support/stubs.js';
import { every, phaseWindow, timelineOf } from '../../support/timeline.js';

const ADAPTER = `export default { connect: async () => ({
  enqueue: async () => undefined, run: async () => undefined, close: async () => undefined }) };`;

it('an event loop that was away in a phase is in the report of the process, and a warning beside its latencies', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'jobbench-roles-'));
  try {
    const epoch = takeEpoch();
    const clock = runClock(epoch);
    const jobs = { work: { kind: 'noop' as const }, payloadBytes: 0, attempts: 1, queue: 'default' };
    const plan = {
      name: 'producer-0',
      adapter: { name: 'stub', module: `data:text/javascript,${encodeURIComponent(ADAPTER)}`, options: {} },
      address: {},
      epoch,
      seed: 1,
      logDir: dir,
      appDb: '',
      spinsPerMs: 1,
      producer: { ordinal: 0, producers: 1, jobs },
      threads: [],
    };
    const { calls } = await openRoles(
      plan,
      'main',
      () => undefined,
      () => undefined,
    );
    const away = () => {
      for (const end = clock() + 60; clock() < end; );
    };
    setTimeout(away, 30);
    const load = { kind: 'open', arrivals: 'constant', ratePerS: 200, durationMs: 300 } as const;
    await calls.phase({ name: 'open', jobs: load, startMs: (clock() + 5) as RunMs });
    await calls.over('open');
    const { usage } = await calls.finish(undefined);
    expect(usage).toMatchObject([{ process: 'producer-0', phase: 'open', hiccups: { count: expect.any(Number) } }]);
    const worstMs = usage[0]?.hiccups?.worstMs ?? 0;
    expect(worstMs).toBeGreaterThan(40);

    const rows = every(5, 1000).map((due) => ({ phase: 'open', due, accepted: due, started: due, finished: due + 4 }));
    const timeline = timelineOf([phaseWindow('open', 0, 5000, 50)], rows, { usage });
    const findings = latency.judge?.(timeline, latency.params.parse({}), {
      traits: stubTraits,
      capacity: { jobsPerS: 1000 },
    });
    expect(findings).toMatchObject([{ severity: 'warning', code: 'hiccups' }]);
    expect(findings?.[0]?.message).toContain(`for up to ${worstMs.toFixed(1)} ms`);
  } finally {
    rmSync(dir, { recursive: true });
  }
}, 10_000);
