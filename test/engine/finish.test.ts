import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Adapter } from '../../src/core/adapter.js';
import { JobbenchError } from '../../src/core/errors.js';
import type { Cell, Trial } from '../../src/core/result.js';
import type { Capacity, Scenario } from '../../src/core/scenario.js';
import type { TrialRecord } from '../../src/engine/assemble.js';
import type { CapacityBook } from '../../src/engine/capacities.js';
import { planCells } from '../../src/engine/cells.js';
import { finishCells, lessons, type Measurement } from '../../src/engine/finish.js';
import { ledgerOf } from '../../src/engine/ledger.js';
import type { TrialOutcome } from '../../src/engine/outcome.js';
import { requestFor, stubContestant, stubQuestion } from '../support/stubs.js';
import { timelineOf } from '../support/timeline.js';

const machine = vi.hoisted(() => ({ cores: 8 }));
vi.mock('node:os', async (original) => {
  const os = await original<typeof import('node:os')>();
  return { ...os, cpus: () => Array.from({ length: machine.cores }, () => os.cpus()[0]) };
});
afterEach(() => {
  machine.cores = 8;
});

const ledger = ledgerOf(timelineOf([], []), () => false);
const rate = { label: 'rate', unit: 'jobs/s', better: 'higher' } as const;
const latency = { label: 'p50', unit: 'ms', better: 'lower' } as const;

/** A trial of a block: what it measured, or why it does not count. */
function record(
  block: number,
  { values = { rate: 100 }, setAside, invalid = [] }: Partial<Trial> & { invalid?: readonly string[] } = {},
): TrialRecord {
  const trial = {
    ...{ index: block, block, startedAt: '', seed: 1, values, ledger, histograms: {}, series: {}, resources: {} },
    warnings: [],
    ...(setAside !== undefined && { setAside }),
  };
  return { trial, refused: {}, invalid };
}

function bookOf(capacity: Capacity = {}, ceilingPerS?: number, failed?: TrialOutcome): CapacityBook {
  return {
    capacity: () => capacity,
    failure: () => failed?.failure,
    failedOutcome: () => failed,
    ...(ceilingPerS !== undefined && { ceilingPerS }),
  };
}

interface Given {
  readonly records?: readonly TrialRecord[];
  readonly book?: CapacityBook;
  readonly adapter?: Partial<Adapter>;
  readonly scenario?: Partial<Scenario>;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly failure?: JobbenchError;
}

async function finished({ records = [record(0)], book = bookOf(), params = {}, ...given }: Given): Promise<Cell> {
  const stub = stubContestant('one', given.adapter);
  const contestant = { ...stub, ref: { ...stub.ref, options: given.options ?? {} } };
  const plans = await planCells(requestFor([contestant], [stubQuestion('x', [params], given.scenario)]));
  const held: Measurement = { records: [...records], effective: {}, ...(given.failure && { failure: given.failure }) };
  const [cell] = await finishCells(plans, new Map([['x one', held]]), book, false);
  if (cell === undefined) throw new Error('the cell is not there');
  return cell;
}

const codes = ({ warnings }: Cell) => warnings.map(({ code }) => code);

describe('harness-bound: a rate above 20 % of what an empty backend reaches', () => {
  const scenario = { metrics: { rate, latency } };
  const fast = (perS: number, rest: Partial<Given> = {}, metric = 'rate') =>
    finished({
      records: [record(0, { values: { [metric]: perS } })],
      book: bookOf({ jobsPerS: perS }, 1000),
      scenario,
      ...rest,
    });

  it.each([
    [201, ['harness-bound']],
    [200, []],
    [20, []],
  ])('%f of 1,000 jobs/s', async (perS, expected) => expect(codes(await fast(perS))).toEqual(expected));

  it('not where the ceiling is unknown', async () =>
    expect(codes(await fast(900, { book: bookOf({ jobsPerS: 900 }) }))).toEqual([]));

  it('not where the backend carries less: enqueueing alone is fast everywhere', async () =>
    expect(codes(await fast(900, { book: bookOf({ jobsPerS: 150 }, 1000) }))).toEqual([]));

  it('not by numbers of another unit', async () => expect(codes(await fast(900, {}, 'latency'))).toEqual([]));

  it('not the empty backend itself', async () =>
    expect(codes(await fast(1000, { adapter: { reference: true } }))).toEqual([]));
});

describe('colocated', () => {
  const marked = async (cores: number, colocates?: true) => {
    machine.cores = cores;
    return codes(await finished({ scenario: { metrics: { rate }, ...(colocates && { colocates }) } }));
  };
  it('where parts that compete for cores share fewer than four', async () => {
    expect(await marked(3, true)).toEqual(['colocated']);
    expect(await marked(4, true)).toEqual([]);
    expect(await marked(3)).toEqual([]);
  });
});

it('says that an embedded queue has one process, however many were asked for', async () => {
  const said = async (topology: 'embedded' | 'shared', params: object) => {
    const { traits } = stubContestant('one').adapter;
    const cell = await finished({
      adapter: { traits: { ...traits, topology } },
      params: { concurrency: 5, ...params },
    });
    return cell.warnings.filter(({ code }) => code === 'one-process').map(({ message }) => message);
  };
  expect(await said('embedded', { producers: 2, workers: 4 })).toEqual([
    'an embedded queue has one process: 2 producers are one, and 4 workers of 5 slots are one of 20',
  ]);
  expect(await said('embedded', { producers: 1, workers: 1 })).toEqual([]);
  expect(await said('shared', { producers: 2, workers: 4 })).toEqual([]);
});

describe('trials that something around them spoilt', () => {
  const spoilt = (block: number) => record(block, { values: { rate: 1 }, setAside: 'the clock was stepped' });
  const scenario = { metrics: { rate } };
  const of = (records: readonly TrialRecord[]) => finished({ records, scenario });

  it('are not counted, and the cell says how many', async () => {
    const cell = await of([record(0), record(1), record(2), spoilt(3)]);
    expect(cell).toMatchObject({ status: 'ok', summary: { rate: { median: 100, n: 3 } } });
    expect(cell.trials).toHaveLength(4);
    expect(cell.warnings).toEqual([
      { code: 'set-aside', message: '1 of 4 trials cannot be counted: the clock was stepped' },
    ]);
  });

  it('a block that was measured again counts, and nobody needs to hear of it', async () => {
    const cell = await of([record(0), spoilt(1), record(1, { values: { rate: 100 } })]);
    expect(cell).toMatchObject({ status: 'ok', summary: { rate: { n: 2 } } });
    expect(codes(cell)).toEqual([]);
  });

  it('in vain is still one block of those that were asked for', async () => {
    const cell = await of([record(0), record(1), record(2), spoilt(3), spoilt(3)]);
    expect(cell.status).toBe('ok');
    expect(cell.warnings[0]?.message).toMatch(/^1 of 4 trials/);
  });

  it('more than a quarter of the blocks without a trial that counts: the rest would be the lucky ones', async () => {
    const cell = await of([record(0), record(1), spoilt(2)]);
    expect(cell).toMatchObject({
      status: 'invalid',
      reason: '1 of 3 trials cannot be counted: the clock was stepped',
    });
  });

  it('the only trial: there is no number', async () => {
    const cell = await of([spoilt(0)]);
    expect(cell).toMatchObject({
      status: 'invalid',
      summary: {},
      reason: expect.stringMatching(/^1 of 1 trial cannot/),
    });
  });
});

describe('a cell', () => {
  it('whose trials broke a promise is invalid, each reason once', async () => {
    const lost = { invalid: ['lost 1 of 10 accepted jobs'] };
    const cell = await finished({
      records: [record(0, lost), record(1, lost), record(2, { invalid: ['repeated 1'] })],
      scenario: { metrics: { rate } },
    });
    expect(cell).toMatchObject({ status: 'invalid', reason: 'lost 1 of 10 accepted jobs; repeated 1' });
  });

  it('that failed says why and keeps the trials before', async () => {
    const failure = new JobbenchError('TIMEOUT', 'waited for redis://me:canary@host/0');
    const cell = await finished({ failure });
    expect(cell).toMatchObject({
      status: 'failed',
      error: { code: 'TIMEOUT', message: 'waited for redis://***@host/0' },
    });
    expect(cell.trials).toHaveLength(1);
  });

  it('keeps options of its adapter, and no password of theirs', async () => {
    const options = { url: 'amqp://me:canary@host:5672/vhost', size: 3, plain: 'x' };
    const cell = await finished({ options });
    expect(cell.adapter.options).toEqual({ url: 'amqp://***@host:5672/vhost', size: 3, plain: 'x' });
    expect(JSON.stringify(cell)).not.toContain('canary');
  });

  it('carries the notes of its adapter', async () => {
    const cell = await finished({ adapter: { notes: () => ['simulated', 'in a hurry'] } });
    expect(cell.warnings).toEqual([
      { code: 'adapter-note', message: 'simulated' },
      { code: 'adapter-note', message: 'in a hurry' },
    ]);
  });
});

it('a lesson sees only cells of its scenario, by their merged values where single trials are too short', async () => {
  const one = await finished({ scenario: { metrics: { rate } } });
  const merged = { ...one, summary: {}, merged: { p99: { value: 7, samples: 1000, tail: 10 } } };
  const other = { ...one, scenario: { ...one.scenario, name: 'y' } };
  const seen = vi.fn(() => 'said');
  const scenario = stubQuestion('x', [{}], { lesson: seen }).scenario;
  expect(lessons(scenario, 'x', [one, merged, other])).toBe('said');
  expect(seen).toHaveBeenCalledWith([
    expect.objectContaining({ adapter: 'one', status: 'ok', values: { rate: 100 } }),
    expect.objectContaining({ adapter: 'one', values: { p99: 7 } }),
  ]);
});
