import { describe, expect, it } from 'vitest';
import latency from '../../src/scenarios/latency.js';
import { stubTraits } from '../support/stubs.js';
import { every, type JobRow, phaseWindow, timelineOf } from '../support/timeline.js';

const params = latency.params.parse({});
const shared = { traits: stubTraits, capacity: { jobsPerS: 1000 } };
const embedded = { ...shared, traits: { ...stubTraits, topology: 'embedded' as const } };
/** 200 jobs a second for 5 s. */
const due = every(5, 1000);

function timelineFor(job: (due: number, i: number) => JobRow, at: readonly number[] = due) {
  return timelineOf(
    [phaseWindow('open', 0, 5000, 50)],
    at.map((when, i) => ({ phase: 'open', due: when, ...job(when, i) })),
  );
}
const prompt = (at: number): JobRow => ({ called: at, accepted: at + 1, started: at + 2, finished: at + 4 });
/** One server that takes `serviceMs` for each job, first come, first served. */
const served = (serviceMs: number) => {
  let free = 0;
  return (at: number): JobRow => {
    const started = Math.max(at, free);
    free = started + serviceMs;
    return { called: at, accepted: at, started, finished: free };
  };
};

describe('percentiles', () => {
  it('are those of a timeline of known latencies', () => {
    const measured = latency.measure(timelineFor(prompt));
    expect(measured).toMatchObject({ enqueue_p50: 1, wait_p50: 2, wait_p99: 2, total_p50: 4, total_max: 4 });
    expect(measured.achieved_rate).toBe(200);
  });

  it('count from the instant a job was due, not from the call: a stalled generator hides nothing', () => {
    // For a second nothing is called; then all that was due goes out at once, and each call is answered in 1 ms.
    const stalled = timelineFor((at) => {
      const called = Math.max(at, 1000);
      return { called, accepted: called + 1, started: called + 1, finished: called + 1 };
    });
    const measured = latency.measure(stalled);
    expect(measured.total_max).toBe(1001);
    expect(measured.wait_p50).toBe(1);
    // 200 of 1,000 jobs waited up to a second, evenly: 5 % of 1,000 waited more than 750 ms.
    expect(measured.enqueue_p99).toBeGreaterThan(900);
  });

  it.each([
    [500, 'needs 10,000 jobs'],
    [9_999, 'needs 10,000 jobs'],
  ])('%i jobs do not tell p99.9', (n, reason) => {
    const measured = latency.measure(timelineFor(prompt, every(5000 / n, n)));
    expect(measured.total_p999).toEqual({ refused: reason });
  });

  it('10,000 do; 500 jobs do not even tell p99', () => {
    expect(latency.measure(timelineFor(prompt, every(0.5, 10_000))).total_p999).toBeCloseTo(4, 6);
    expect(latency.measure(timelineFor(prompt, every(10, 500))).total_p99).toEqual({ refused: 'needs 1,000 jobs' });
  });

  it('leave out jobs that never ended, which the ledger reports', () => {
    const some = timelineFor((at, i) => (i % 100 === 0 ? { called: at, accepted: at } : prompt(at)));
    expect(latency.measure(some).total_p50).toBe(4);
    expect(latency.measure(some).total_p99).toEqual({ refused: 'needs 1,000 jobs' });
  });
});

describe('a rate that is a share of a capacity', () => {
  const judged = (rate: string, jobsPerS?: number) => {
    const capacity = jobsPerS === undefined ? {} : { jobsPerS };
    return latency.judge(timelineFor(served(3)), { ...params, rate }, { ...shared, capacity });
  };
  it('is rough where few jobs were measured for it', () => {
    const rough = [expect.objectContaining({ severity: 'warning', code: 'rough-capacity' })];
    expect(judged('auto', 31)).toEqual(rough);
    expect(judged('50%', 199)).toEqual(rough);
  });
  it('above all of it is an overload, which is said', () => {
    const overload = {
      severity: 'warning',
      code: 'overload',
      message: expect.stringMatching(/^overload: 200% of what/),
    };
    expect(judged('200%', 31)).toEqual([overload]);
    expect(judged('200%', 10_000)).toEqual([overload]);
  });
  it.each([
    ['auto', 10_000],
    ['100%', 10_000],
    ['50%', 200],
    ['20', 31],
    ['auto', undefined],
  ])('%s of %s jobs/s is not', (rate, jobsPerS) => expect(judged(rate, jobsPerS)).toEqual([]));
});

describe('a backlog that grows', () => {
  const overloaded = timelineFor(served(6)); // 200/s offered to a server of 167/s
  const text = 'UNSTABLE (backlog +33 jobs/s)';

  it('takes away every percentile at 1.2 times the capacity', () => {
    const { achieved_rate, ...percentiles } = latency.measure(overloaded);
    expect(new Set(Object.values(percentiles).map((value) => JSON.stringify(value)))).toEqual(
      new Set([JSON.stringify({ refused: text })]),
    );
    expect(achieved_rate).toBe(200);
  });

  it('makes the trial invalid', () => {
    expect(latency.judge(overloaded, params, shared)).toContainEqual({
      severity: 'invalid',
      code: 'unstable',
      message: text,
    });
  });

  it.each([4.9, 3, 0.1])('does not at a service time of %f ms', (serviceMs) => {
    const stable = timelineFor(served(serviceMs));
    expect(latency.judge(stable, params, shared)).toEqual([]);
    expect(latency.measure(stable).wait_p50).toBeTypeOf('number');
  });

  it('is not mistaken for a single stall from which the backend recovers', () => {
    const server = served(1);
    const stalled = timelineFor((at) => server(at < 2000 || at > 2400 ? at : 2400)); // the server was away for 400 ms
    expect(latency.judge(stalled, params, embedded)).toEqual([]);
  });
});

describe('the generator', () => {
  const lateLast = (share: number) =>
    timelineFor((at, i) => (i < 1000 * (1 - share) ? prompt(at) : { ...prompt(5001), called: 5001 }));

  it('that sent 2 % after the end did not hold the rate', () => {
    expect(latency.judge(lateLast(0.02), params, embedded)).toEqual([
      {
        severity: 'invalid',
        code: 'rate-not-held',
        message: 'the rate was not held: 98.0 % of the planned jobs were sent in time',
      },
    ]);
  });

  it('that sent half a percent late did', () => expect(latency.judge(lateLast(0.005), params, embedded)).toEqual([]));

  it('that is late is warned about, where it has a process of its own', () => {
    const late = timelineFor((at, i) => ({ ...prompt(at), called: i % 50 === 0 ? at + 7 : at }));
    expect(latency.judge(late, params, shared)).toMatchObject([{ severity: 'warning', code: 'generator-lag' }]);
    expect(latency.judge(late, params, embedded)).toEqual([]);
  });
});

describe('the rate', () => {
  const rateOf = (rate: string, jobsPerS: number, producers = 1) => {
    const layout = latency.layout([latency.params.parse({ rate, producers })], { ...shared, capacity: { jobsPerS } });
    const jobs = layout.phases.find((phase) => phase.name === 'open')?.jobs;
    return jobs?.kind === 'open' ? jobs.ratePerS : undefined;
  };
  it.each([
    ['auto', 10_000, 200],
    ['auto', 100, 50],
    ['25%', 1000, 250],
    ['333', 10, 333],
  ])('%s of a backend that carries %i/s is %i/s', (rate, carries, expected) => {
    expect(rateOf(rate, carries)).toBe(expected);
  });
  it('is shared among producers', () => expect(rateOf('200', 1000, 4)).toBe(50));
});
