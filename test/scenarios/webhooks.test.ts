import { describe, expect, it } from 'vitest';
import webhooks from '../../src/scenarios/webhooks.js';
import { stubTraits } from '../support/stubs.js';
import { every, type JobRow, phaseWindow, timelineOf } from '../support/timeline.js';

const params = webhooks.params.parse({});

/** @param effects of each job; every execution has one when left out, as at a naive sink */
function timelineFor(keys: readonly number[], jobs: readonly JobRow[], effects?: readonly number[]) {
  const rows: JobRow[] = jobs.map((job) => ({
    phase: 'deliveries',
    ...(job.due !== undefined && { called: job.due, accepted: job.due }),
    ...job,
  }));
  const timeline = timelineOf([phaseWindow('deliveries', 0, 1000)], rows, { keys: Int32Array.from(keys) });
  return { ...timeline, effects: Uint16Array.from(effects ?? timeline.completions) };
}
const done = (due: number, ms = 20): JobRow => ({ due, finished: due + ms });

describe('effects', () => {
  it('one each: repeats were dropped', () => {
    const measured = webhooks.measure(timelineFor([0, 1, 0, 1], [done(0), done(5), { due: 10 }, { due: 15 }]));
    expect(measured).toMatchObject({ effects_missing: 0, effects_extra: 0, dedupe_share: 100 });
  });
  it('a repeat that came after the first was done has an effect of its own', () => {
    const measured = webhooks.measure(timelineFor([0, 1, 0, 1], [done(0), done(5), done(30), { due: 15 }]));
    expect(measured).toMatchObject({ effects_missing: 0, effects_extra: 1, repeats_run: 1, dedupe_share: 50 });
  });
  it('unless the sink knew the event', () => {
    const jobs = [done(0), done(5), done(30), { due: 15 }];
    const measured = webhooks.measure(timelineFor([0, 1, 0, 1], jobs, [1, 1, 0, 0]));
    expect(measured).toMatchObject({ effects_missing: 0, effects_extra: 0, repeats_run: 1, dedupe_share: 50 });
  });
  it('a delivery that is executed twice counts as extra too', () => {
    expect(webhooks.measure(timelineFor([0], [{ ...done(0), completions: 2 }])).effects_extra).toBe(1);
  });
  it('an event of which nothing ran is missing; one that was refused is the sender’s', () => {
    const refused = { due: 20, accepted: Number.NaN };
    const measured = webhooks.measure(timelineFor([0, 0, 1, 2], [{ due: 0 }, { due: 5 }, done(10), refused]));
    expect(measured).toMatchObject({ effects_missing: 1, effects_extra: 0, dedupe_share: 0 });
  });
  it('without repeats there is no share of them', () => {
    expect(webhooks.measure(timelineFor([0, 1], [done(0), done(5)])).dedupe_share).toHaveProperty('refused');
  });
});

describe('latency', () => {
  const at = every(10, 100);
  it('is from the first delivery of an event to its first effect, whichever delivery had it', () => {
    const keys = at.map((_, i) => i >> 1);
    const firstDropped = at.map((due, i) => (i % 2 === 0 ? { due } : done(due, 15)));
    expect(webhooks.measure(timelineFor(keys, firstDropped)).total_p50).toBe(25);
    const firstRan = at.map((due, i) => (i % 2 === 0 ? done(due, 15) : done(due, 40)));
    expect(webhooks.measure(timelineFor(keys, firstRan)).total_p50).toBe(15);
  });
  it('dropped repeats are no backlog', () => {
    const keys = at.map((_, i) => i >> 1);
    const timeline = timelineFor(
      keys,
      at.map((due, i) => (i % 2 === 0 ? done(due) : { due })),
    );
    expect(webhooks.judge(timeline)).toEqual([]);
  });
  it('events that pile up are', () => {
    const timeline = timelineFor(
      at.map((_, i) => i),
      at.map((due) => done(due, due)),
    );
    expect(webhooks.judge(timeline)).toMatchObject([{ severity: 'invalid', code: 'unstable' }]);
    expect(webhooks.measure(timeline).total_p50).toHaveProperty('refused', expect.stringMatching(/^UNSTABLE/));
  });
  it('a rate that was not held is said', () => {
    const late = at.map((due, i) => ({ ...done(due), called: i < 50 ? due : 1001 }));
    expect(
      webhooks.judge(
        timelineFor(
          at.map((_, i) => i),
          late,
        ),
      ),
    ).toMatchObject([{ code: 'rate-not-held' }]);
  });
});

it('lays out deliveries of events, and needs unique keys', () => {
  const { phases } = webhooks.layout([params], { traits: stubTraits, capacity: { jobsPerS: 1000 } });
  expect(phases[0]).not.toHaveProperty('job');
  const effect = { ms: 10, sink: 'idempotent' };
  expect(phases[1]).toMatchObject({
    job: { deliveries: { twice: 0.2, shuffled: 10, effect } },
    jobs: { ratePerS: 200 },
  });
  expect(webhooks.requires()).toEqual({ unique: true });
});
