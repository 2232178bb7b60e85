import { describe, expect, it } from 'vitest';
import { groupCells, planCells } from '../../src/engine/cells.js';
import type { RunRequest } from '../../src/engine/request.js';
import { turnsOf } from '../../src/engine/turns.js';
import { requestFor, stubContestant, stubQuestion } from '../support/stubs.js';

const two = [stubContestant('a'), stubContestant('b')];
const names = ['q0', 'q1', 'q2', 'q3', 'q4'];
const BLOCKS = 20;

/** `q1 b` and so on, block by block. */
async function blocks(rest: Partial<RunRequest> = {}, fewer: Readonly<Record<string, number>> = {}) {
  const questions = names.map((name) => {
    const trials = fewer[name];
    return { ...stubQuestion(name), ...(trials !== undefined && { trials }) };
  });
  const request = requestFor(two, questions, { trials: BLOCKS, ...rest });
  const turns = turnsOf(groupCells(await planCells(request)), request);
  expect(turns.map(({ block }) => block)).toEqual(turns.map(({ block }) => block).sort((x, y) => x - y));
  return Array.from({ length: BLOCKS }, (_, at) =>
    turns.filter(({ block }) => block === at).map(({ group }) => group.cells[0].id),
  );
}

const everything = names.flatMap((name) => [`${name} a`, `${name} b`]);
const orders = (all: readonly (readonly string[])[]) => new Set(all.map((one) => one.join()));

describe.each(['rivals', 'arms'] as const)('%s', (contest) => {
  it('are measured once in each block, in an order of its own', async () => {
    const all = await blocks({ contest });
    for (const block of all) expect([...block].sort()).toEqual(everything);
    expect(orders(all).size).toBe(BLOCKS);
  });

  it('in the same order for the same seed, in another for another', async () => {
    const [first, again, other] = [
      await blocks({ contest, seed: 3 }),
      await blocks({ contest, seed: 3 }),
      await blocks({ contest, seed: 4 }),
    ];
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  it('of a question with fewer trials are left out of later blocks', async () => {
    const all = await blocks({ contest }, { q2: 3 });
    expect(all.map((block) => block.filter((id) => id.startsWith('q2')).length)).toEqual([
      ...Array(3).fill(2),
      ...Array(BLOCKS - 3).fill(0),
    ]);
  });
});

describe('arms', () => {
  const pairsOf = (block: readonly string[]) =>
    names.map((_, at) => block.slice(2 * at, 2 * at + 2).map((id) => id.split(' ')));

  it('are neighbours in every block: the less time between them, the less a machine can drift', async () => {
    for (const block of await blocks({ contest: 'arms' })) {
      for (const [first, second] of pairsOf(block)) {
        expect(first?.[0]).toBe(second?.[0]);
        expect(first?.[1]).not.toBe(second?.[1]);
      }
    }
  });

  it('go first about equally often, and so do questions', async () => {
    const all = await blocks({ contest: 'arms' });
    const leading = all.flatMap(pairsOf).filter(([first]) => first?.[1] === 'a').length;
    const share = leading / (BLOCKS * names.length);
    expect(share).toBeGreaterThan(0.3);
    expect(share).toBeLessThan(0.7);
    expect(new Set(all.map(([first]) => first?.split(' ')[0])).size).toBeGreaterThan(2);
  });
});

it('rivals are mixed with everything else', async () => {
  const apart = (await blocks()).flatMap((block) =>
    names.filter((name) => Math.abs(block.indexOf(`${name} a`) - block.indexOf(`${name} b`)) > 1),
  );
  expect(apart.length).toBeGreaterThan(BLOCKS);
});
