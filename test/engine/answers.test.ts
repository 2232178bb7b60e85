import { describe, expect, it } from 'vitest';
import type { Session } from '../../src/core/adapter.js';
import { ResultSchema } from '../../src/core/result.js';
import { answersOf, measuredFrom, notesFrom, sessionFrom, virtualDayFrom } from '../../src/engine/answers.js';

const cyclic: Record<string, unknown> = {};
cyclic.self = cyclic;

/** A session of somebody whose code no compiler has seen. */
function saying(said: Readonly<Record<string, unknown>>) {
  const session: Session = { enqueue: async () => undefined, run: async () => undefined, close: async () => undefined };
  return answersOf(
    'mine',
    Object.assign(session, ...Object.entries(said).map(([call, answer]) => ({ [call]: () => answer }))),
  );
}

describe('settings that an adapter reads back', () => {
  it.each([
    ['an object', { pool: { size: 3 } }],
    ['a list', { pool: [1, 2] }],
    ['a function', { pool: () => 3 }],
    ['what holds itself', { pool: cyclic }],
    ['a number without end', { pool: Number.POSITIVE_INFINITY }],
    ['no number', { pool: Number.NaN }],
    ['a symbol', { pool: Symbol('3') }],
    ['a text that would fill the file', { pool: 'x'.repeat(10_001) }],
  ])('%s is refused with the key and what is allowed', async (_, effective) => {
    await expect(saying({ effective }).effective()).rejects.toThrow(
      'mine: effective(): "pool" of its answer must be a text of at most 10,000 characters, a finite number, true or false',
    );
  });

  it.each([
    ['text', 'pool=3'],
    ['a list', [1]],
    ['a function', () => 3],
  ])('%s in place of an object is refused', async (_, effective) => {
    await expect(saying({ effective }).effective()).rejects.toThrow(/its answer must be a flat object/);
  });

  it('a name that no reader of files takes is refused', async () => {
    await expect(saying({ effective: { constructor: 1 } }).effective()).rejects.toThrow(/"constructor".*another name/);
  });

  it.each([
    ['nothing', undefined, {}],
    ['null', null, {}],
    ['settings that are not told', { a: null, b: undefined, c: 1 }, { c: 1 }],
    ['a small bigint', { rows: 12n }, { rows: 12 }],
    ['a large bigint', { rows: 2n ** 60n + 1n }, { rows: '1152921504606846977' }],
    ['what is allowed', { a: 'x', b: 1.5, c: false }, { a: 'x', b: 1.5, c: false }],
  ])('%s is taken', async (_, effective, kept) => {
    const told = await saying({ effective }).effective();
    expect(told).toEqual(kept);
    expect(ResultSchema.shape.cells.element.shape.adapter.shape.effective.safeParse(told).success).toBe(true);
  });
});

describe('other answers of sessions', () => {
  it.each([
    ['depth', 'three'],
    ['depth', 3n],
    ['depth', Number.NaN],
    ['depth', -1],
    ['queries', 3],
  ])('%s() that answers %s is refused', async (call, answer) => {
    const answers = saying({ [call]: answer });
    await expect(call === 'depth' ? answers.depth() : answers.queries()).rejects.toThrow(
      new RegExp(`^mine: ${call}\\(\\): its answer must be`),
    );
  });

  it('queries() tells who counts', async () => {
    const asked = (by: string) => saying({ queries: { count: 3, by } }).queries();
    expect(await asked('everybody')).toEqual({ count: 3, by: 'everybody' });
    await expect(asked('me')).rejects.toThrow(/"by" of its answer must be "everybody" or "this session"/);
  });

  it.each([
    ['no object', 3, /must be an object \{ totals, spans \}/],
    ['no spans', { totals: {} }, /"spans"/],
    ['a total that is none', { totals: { boots: '3' }, spans: {} }, /"totals.boots" .* a finite number/],
    [
      'a total that no file may hold',
      { totals: { boots: 1e308 }, spans: {} },
      /"totals.boots" .* at most 1e15 in size/,
    ],
    ['a span that is no list of pairs', { totals: {}, spans: { boot: [3] } }, /"spans.boot" .* pairs/],
    ['a pair with no number', { totals: {}, spans: { boot: [[1, null]] } }, /"spans.boot" .* pairs/],
    ['columns, which no message carries', { totals: {}, spans: {}, columns: {} }, /"columns" .* simulate/],
  ])('observe() with %s is refused', (_, observe, says) => {
    expect(() => saying({ observe }).observe()).toThrow(says);
  });

  it('nothing, and null for nothing, are taken', async () => {
    const answers = saying({ depth: null, observe: null });
    expect([await answers.depth(), await answers.queries(), answers.observe()]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('what connect() answers', () => {
  const whole = { enqueue: async () => undefined, run: async () => undefined, close: async () => undefined };

  it('a session is taken as it is, methods of its class too', () => {
    class Mine {
      enqueue = whole.enqueue;
      run = whole.run;
      close() {
        return Promise.resolve();
      }
    }
    const mine = new Mine();
    expect(sessionFrom('mine', mine)).toBe(mine);
  });

  it.each([
    ['nothing', undefined, 'its answer must be a session, as { enqueue, run, close }'],
    ['null', null, 'its answer must be a session, as { enqueue, run, close }'],
    ['a text', 'connected', 'its answer must be a session, as { enqueue, run, close }'],
    ['an object without run', { ...whole, run: undefined }, '"run" of its answer must be a function'],
    ['one that cannot be closed', { ...whole, close: true }, '"close" of its answer must be a function'],
  ])('%s is no session', (_, answer, says) => {
    expect(() => sessionFrom('mine', answer)).toThrow(`mine: connect(): ${says}; correct the adapter`);
  });
});

it('notes are a list of texts', () => {
  expect(notesFrom('mine', ['slow'])).toEqual(['slow']);
  expect(() => notesFrom('mine', 'slow')).toThrow('mine: notes(): its answer must be a list of texts');
  expect(() => notesFrom('mine', ['slow', null])).toThrow(/"1" of its answer must be a text/);
});

it('what an adapter measures is numbers of its own metrics', () => {
  expect(measuredFrom('mine', ['boots'], { boots: Number.NaN })).toEqual({ boots: Number.NaN });
  expect(() => measuredFrom('mine', ['boots'], { boots: 3n })).toThrow(/"boots" of its answer must be a number/);
  expect(() => measuredFrom('mine', ['boots'], { wait_p99: 1 })).toThrow(/"wait_p99".*its own `metrics` \(boots\)/);
  expect(() => measuredFrom('mine', ['boots'], null)).toThrow(/an object/);
});

it('a virtual day has a row for each job', () => {
  const [two, starts] = [new Float64Array(2), new Uint16Array(2)];
  const day = {
    startedMs: two,
    finishedMs: two,
    settledMs: two,
    starts,
    endMs: 1,
    observation: { totals: {}, spans: {} },
  };
  expect(virtualDayFrom('mine', 2, day).effective).toEqual({});
  expect(() => virtualDayFrom('mine', 3, day)).toThrow(/"startedMs" of its answer must be a Float64Array of 3 numbers/);
  expect(() => virtualDayFrom('mine', 2, { ...day, effective: { a: {} } })).toThrow(/"effective.a"/);
  expect(() => virtualDayFrom('mine', 2, undefined)).toThrow(/an object/);
});
