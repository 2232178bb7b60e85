import { describe, expect, it } from 'vitest';
import type { Timeline } from '../../src/core/timeline.js';
import contention from '../../src/scenarios/contention.js';
import { stubTraits } from '../support/stubs.js';
import { every, phaseWindow, requestsOf, timelineOf } from '../support/timeline.js';

const base = contention.params.parse({ duration: '10s' });
const at = (level: typeof base.level) => ({ ...base, placement: 'process' as const, level });

/** No capacity was measured. */
const UNKNOWN = { traits: stubTraits, capacity: {} };

/** Web requests and jobs of each level: 1,000 requests in 10 s alone, each answered after a known time. */
function timelineFor(saturatedMs: (k: number) => number, jobsPerS = { alone: 200, beside: 100 }): Timeline {
  const phases = [
    phaseWindow('warm-up', 0, 1000),
    phaseWindow('alone', 10_000, 10_000),
    phaseWindow('jobs', 30_000, 10_000),
    phaseWindow('saturated', 50_000, 10_000),
  ];
  const settledIn = (phase: string, fromMs: number, perS: number) =>
    every(1000 / perS, 10 * perS, fromMs).map((settled) => ({ phase, due: fromMs, accepted: fromMs, settled }));
  return timelineOf(
    phases,
    [...settledIn('jobs', 30_000, jobsPerS.alone), ...settledIn('saturated', 50_000, jobsPerS.beside)],
    {
      requests: [
        requestsOf('alone', every(9, 1000, 10_000), () => 4),
        requestsOf('saturated', every(9, 1000, 50_000), saturatedMs),
      ],
    },
  );
}

describe('at level saturated', () => {
  it('the tail index is the doublings of web p99: 4 ms to 32 ms are 3', () => {
    const measured = contention.measure(
      timelineFor(() => 32),
      at('saturated'),
    );
    expect(measured).toMatchObject({ web_p50: 32, web_p99: 32, tail_index: 3, jobs_rate: 100 });
  });

  it.each([
    ['isolated: both go on as if alone', 200, 1, 0],
    ['pure time-sharing: each keeps a half', 100, 0.5, 1],
    ['destructive: each keeps a quarter', 50, 0.25, 1.5],
    ['jobs alone suffer', 100, 1, 0.5],
  ])('interference, %s', (_, jobsPerS, webShare, expected) => {
    const answered = (k: number) => (k % 4 < 4 * webShare ? 4 : Number.NaN);
    const timeline = timelineFor(answered, { alone: 200, beside: jobsPerS });
    expect(contention.measure(timeline, at('saturated')).interference).toBeCloseTo(expected, 6);
  });

  it('without the level jobs there is no interference to tell', () => {
    const whole = timelineFor(() => 4);
    const timeline = {
      ...whole,
      phases: whole.phases.map((one) => (one.name === 'jobs' ? { ...one, name: 'idle' } : one)),
    };
    const measured = contention.measure(timeline, at('saturated'));
    expect(measured.interference).toHaveProperty('refused');
    expect(measured.jobs_loss).toHaveProperty('refused');
  });

  it('requests that were never answered count for no percentile, but take goodput away', () => {
    const measured = contention.measure(
      timelineFor((k) => (k % 2 ? 4 : Number.NaN)),
      at('saturated'),
    );
    expect(measured).toMatchObject({
      web_p50: 4,
      web_goodput: 50,
      web_loss: 50,
      jobs_loss: 50,
      web_p99: { refused: 'needs 1,000 requests' },
    });
  });

  it('web requests that pile up are a warning with the rate, because that is the answer', () => {
    // 111 requests/s come, one is answered every 18 ms.
    const piling = timelineFor((k) => 9 * k + 18);
    const [finding] = contention.judge(piling, at('saturated'), UNKNOWN);
    expect(finding).toMatchObject({ severity: 'warning', message: expect.stringMatching(/\+5\d requests\/s/) });
    expect(
      contention.judge(
        timelineFor(() => 4),
        at('saturated'),
        UNKNOWN,
      ),
    ).toEqual([]);
  });
});

describe('what is not the fault of the jobs', () => {
  /** Alone, 111 requests/s come and one is answered every 18 ms. */
  const disturbed = () => {
    const whole = timelineFor(() => 4);
    const [, ...others] = whole.requests;
    return { ...whole, requests: [requestsOf('alone', every(9, 1000, 10_000), (k) => 9 * k + 18), ...others] };
  };
  it.each(['alone', 'idle', 'jobs', 'saturated'] as const)(
    'web requests that pile up without any jobs set the trial aside: level %s',
    (level) => {
      const findings = contention.judge(disturbed(), at(level), UNKNOWN);
      expect(findings).toEqual([
        { severity: 'environment', code: 'disturbed', message: expect.stringMatching(/^DISTURBED: .*something else/) },
      ]);
      const values = Object.values(contention.measure(disturbed(), at(level)));
      expect(values).toHaveLength(Object.keys(contention.metrics).length);
      for (const value of values) expect(value).toEqual({ refused: expect.stringMatching(/^DISTURBED/) });
    },
  );

  /** Each request of a level is sent so long after it was due. */
  const lateBy = (lateMs: (k: number) => number, answeredMs = 4): Timeline => {
    const whole = timelineFor(() => answeredMs);
    const requests = whole.requests.map((one) => ({ ...one, sent: one.due.map((due, k) => due + lateMs(k)) }));
    return { ...whole, requests };
  };
  const late = (timeline: Timeline) => contention.judge(timeline, at('saturated'), UNKNOWN);

  it('requests that the generator sent late are a warning: 2 in 100 by more than a millisecond', () => {
    const [finding, ...others] = late(lateBy((k) => (k % 50 === 0 ? 1.5 : 0)));
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      severity: 'warning',
      code: 'web-late-saturated',
      message: expect.stringMatching(/^requests were sent late at level saturated \(p99 1\.5 ms\)/),
    });
  });

  it('1 in 200 is not, nor less than a millisecond, nor less than a tenth of the median answer', () => {
    expect(late(lateBy((k) => (k % 200 === 0 ? 50 : 0)))).toEqual([]);
    expect(late(lateBy(() => 0.9))).toEqual([]);
    expect(late(lateBy(() => 3.9, 40))).toEqual([]);
    expect(late(lateBy(() => 4.1, 40))).toHaveLength(1);
  });

  it('and nobody sends requests at level jobs', () => {
    expect(
      contention.judge(
        lateBy(() => 50),
        at('jobs'),
        UNKNOWN,
      ),
    ).toEqual([]);
  });
});

describe('the lesson', () => {
  type Cells = Parameters<typeof contention.lesson>[0];
  const cell = (level: string, values: Record<string, number>, rest: Partial<Cells[number]> = {}): Cells[number] => ({
    adapter: 'sqlite',
    params: { placement: 'loop', level },
    traits: stubTraits,
    status: 'ok',
    values,
    ...rest,
  });

  it('says from what to what jobs brought the web, where they run and how many', () => {
    const cells = [cell('alone', { web_p99: 4 }), cell('saturated', { web_p99: 31.4, jobs_rate: 123.4 })];
    expect(contention.lesson(cells)).toBe(
      "sqlite: web p99 4 -> 31 ms with jobs on the web server's event loop (123 jobs/s).",
    );
  });

  it.each([
    [5.01, /4 -> 5 ms with jobs/],
    [5, /^sqlite: web p99 4 -> 5 ms \(up to 25 % more is noise\) with jobs/],
    [3, /^sqlite: web p99 4 -> 3 ms \(up to 25 % more is noise\) with jobs/],
  ])('calls a quarter more, or less, what it is: the noise of two measurements (4 -> %f)', (after, said) => {
    expect(contention.lesson([cell('alone', { web_p99: 4 }), cell('saturated', { web_p99: after })])).toMatch(said);
  });

  it('compares with web alone in the same placement only', () => {
    const elsewhere = { params: { placement: 'process', level: 'alone' } };
    const cells = [cell('alone', { web_p99: 4 }, elsewhere), cell('saturated', { web_p99: 31 })];
    expect(contention.lesson(cells)).toBe("sqlite: web p99 31 ms with jobs on the web server's event loop.");
  });

  it('says nothing of cells that do not stand', () => {
    const cells = [cell('alone', { web_p99: 4 }), cell('saturated', { web_p99: 31 }, { status: 'invalid' })];
    expect(contention.lesson(cells)).toBeUndefined();
  });
});

describe('other levels', () => {
  const timeline = timelineFor(() => 32);
  it('alone has web numbers, no jobs, and is its own reference', () => {
    const measured = contention.measure(timeline, at('alone'));
    expect(measured).toMatchObject({ web_p50: 4, web_goodput: 100 });
    expect(measured).toMatchObject({
      jobs_rate: { refused: 'no jobs at this level' },
      tail_index: { refused: 'the reference itself' },
    });
  });
  it('jobs has a job rate and no web numbers', () => {
    const measured = contention.measure(timeline, at('jobs'));
    expect(measured).toMatchObject({ jobs_rate: 200, web_p50: { refused: 'no web requests at this level' } });
  });
});

describe('cells', () => {
  const placements = (traits: Partial<typeof stubTraits>) => [
    ...new Set(contention.expand(base, { ...stubTraits, ...traits }, 'standard').map((p) => p.placement)),
  ];
  it('are made for the placements that the topology allows', () => {
    expect(placements({})).toEqual(['loop', 'thread', 'process']);
    expect(placements({ topology: 'embedded', executes: 'thread' })).toEqual(['thread']);
    expect(placements({ topology: 'embedded', executes: 'process' })).toEqual(['process']);
  });
  it('of one level bring web alone along, without which nobody could read what jobs did to the web', () => {
    const levels = (level: typeof base.level) =>
      contention.expand({ ...base, placement: 'loop', level }, stubTraits, 'quick').map((p) => p.level);
    expect(levels('saturated')).toEqual(['alone', 'saturated']);
    expect(levels('equal')).toEqual(['alone', 'equal']);
    expect(levels('alone')).toEqual(['alone']);
    expect(levels('jobs')).toEqual(['jobs']);
    expect(levels(undefined)).toEqual(['alone', 'idle', 'saturated']);
  });
  it('of another placement are refused', () => {
    const traits = { ...stubTraits, topology: 'embedded' as const, executes: 'thread' as const };
    expect(contention.requires({ ...base, placement: 'loop' }, traits)).toEqual({ executes: 'loop' });
    expect(contention.requires({ ...base, placement: 'thread' }, traits)).toEqual({});
  });
  it('of web alone count both halves, before and after the others', () => {
    const timeline = timelineOf([phaseWindow('alone', 0, 10_000), phaseWindow('alone again', 20_000, 10_000)], [], {
      requests: [
        requestsOf('alone', every(20, 500), () => 6),
        requestsOf('alone again', every(20, 500, 20_000), () => 2),
      ],
    });
    const { web_p50, web_p99, web_goodput } = contention.measure(timeline, at('alone'));
    expect(web_p50).toBeGreaterThanOrEqual(2);
    expect([web_p99, web_goodput]).toEqual([6, 50]);
  });
  it('halve web alone, so that what is measured first is measured last as well', () => {
    const { phases } = contention.layout([at('saturated')], { traits: stubTraits, capacity: { webPerS: 500 } });
    const lengths = phases.filter(({ name }) => !name.startsWith('warm')).map(({ web }) => web?.durationMs);
    expect(lengths).toEqual([5000, 10_000, 5000]);
    const only = contention.layout([at('alone')], { traits: stubTraits, capacity: { webPerS: 500 } });
    expect(only.phases.at(-1)).toMatchObject({ name: 'alone', web: { durationMs: 10_000 } });
  });
  it('share a trial, with web alone as the reference even where nobody asked for it', () => {
    const { phases, web } = contention.layout([at('saturated')], { traits: stubTraits, capacity: { webPerS: 500 } });
    expect(phases.map((phase) => phase.name)).toEqual([
      'warm-up',
      'warm-up of web',
      'alone',
      'saturated',
      'alone again',
    ]);
    expect(phases.at(-1)?.web).toMatchObject({ arrivals: 'poisson', rate: 300 });
    expect(web?.placement).toBe('process');
  });
});

describe('the capacity that the load of web requests is a share of', () => {
  /** A trial whose warm-up answered so many requests a second. */
  const warmedUpAt = (perS: number): Timeline => {
    const whole = timelineFor(() => 4);
    const warmUp = requestsOf('warm-up of web', every(1000 / perS, perS, 1000), () => 4);
    const phases = [...whole.phases, phaseWindow('warm-up of web', 1000, 1000)];
    return { ...whole, phases, requests: [...whole.requests, warmUp] };
  };
  const doubts = (perS: number, webPerS: number | undefined, params = at('saturated')) => {
    const capacity = webPerS === undefined ? {} : { webPerS };
    const found = contention.judge(warmedUpAt(perS), params, { traits: stubTraits, capacity });
    return found.filter(({ code }) => code === 'web-capacity').map(({ message }) => message);
  };

  it('is doubtful where the warm-up of a trial says another one', () => {
    expect(doubts(900, 500)).toEqual([
      'the web server answered 900 requests/s in the warm-up of a trial and 500 when its capacity was measured: their load was 33 % of the first, and 60 % of the second; run it again on a quieter machine',
    ]);
    expect(doubts(500, 900)).toHaveLength(1);
  });
  it.each([
    ['both say about the same', 900, 800, at('saturated')],
    ['none was measured', 900, undefined, at('saturated')],
    ['there are no requests at the level', 900, 500, at('jobs')],
    ['the warm-up cannot keep the server busy', 900, 500, { ...at('saturated'), webWait: 50 }],
  ])('is not where %s', (_, perS, webPerS, params) => expect(doubts(perS, webPerS, params)).toEqual([]));
});
