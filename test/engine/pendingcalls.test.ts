import { describe, expect, it } from 'vitest';
import { JobbenchError } from '../../src/core/errors.js';
import { pendingCalls } from '../../src/engine/pendingcalls.js';
import { rollCall } from '../../src/engine/rollcall.js';

const gone = new JobbenchError('CHILD', 'gone');
const outcome = (answer: Promise<unknown>) => Promise.race([answer, Promise.resolve('waits')]).catch(() => 'rejected');

describe('calls that wait', () => {
  it('get the answer with their number, in whatever order answers come', async () => {
    const calls = pendingCalls<string>();
    const [first, second] = [calls.open('a'), calls.open('a')];
    calls.resolve(second.id, 2);
    calls.reject(first.id, gone);
    expect([await outcome(first.answer), await outcome(second.answer)]).toEqual(['rejected', 2]);
  });

  it('do not survive their process, and those of others do', async () => {
    const calls = pendingCalls<string>();
    const [mine, other] = [calls.open('a'), calls.open('b')];
    calls.rejectAll(gone, 'a');
    expect([await outcome(mine.answer), await outcome(other.answer)]).toEqual(['rejected', 'waits']);
    calls.rejectAll(gone);
    expect(await outcome(other.answer)).toBe('rejected');
  });

  it('take no notice of an answer to nobody', () => {
    expect(() => pendingCalls().resolve(7, 'late')).not.toThrow();
  });
});

describe('the roll', () => {
  it('is complete when all who are named are ready, and again after one was gone', async () => {
    const roll = rollCall();
    roll.ready('a');
    const both = roll.all(['a', 'b']);
    expect(await outcome(both)).toBe('waits');
    roll.ready('b');
    await both;
    roll.gone('a');
    await roll.all(['b']);
    const again = roll.all(['a']);
    expect(await outcome(again)).toBe('waits');
    roll.ready('a');
    await again;
  });
});
