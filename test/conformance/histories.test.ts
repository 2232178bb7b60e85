import { afterAll, describe, expect, it } from 'vitest';
import { contextFor } from '../support/conformance.js';
import { contestant, scratchFolder } from '../support/contestants.js';
import { playHistory } from '../support/dist.js';
import { finds, noDriver } from '../support/findings.js';

const scratch = scratchFolder();
afterAll(() => scratch.remove());
const absent = noDriver !== undefined;

/** Of most of these the first history starts a worker again beside one that works; by chance few do. */
const SEEDS = [2, 7, 4, 5, 1, 3, 6, 8];

describe('random histories find', () => {
  finds(
    [
      ['repeatsonrestart', 'random histories', /: repeated \d+ of \d+ jobs, that no fault had touched$/, absent],
      ['putsback', 'random histories', /: repeated \d+ of \d+ jobs, that no fault had touched$/, absent],
    ],
    scratch.dir,
    SEEDS,
  );
});

it('random histories of the reference adapter break nothing: 20 seeds, a thousand under npm run prove', async () => {
  const memory = await contestant('memory');
  for (let seed = 1; seed <= 20; seed++) {
    expect([seed, (await playHistory(contextFor(memory, scratch.dir), seed)).violations]).toEqual([seed, []]);
  }
});
