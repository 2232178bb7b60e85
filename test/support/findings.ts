import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { caseNamed, contextFor } from './conformance.js';
import { contestant, missing } from './contestants.js';
import { SUITE, verifyCase } from './dist.js';
import { strace } from './strace.js';

/** Why SQLite, or a server of ours, cannot be had here. */
export const noDriver = await missing(await contestant('sqlite'));
export const noServer = await missing(await contestant('redis'));
export const untraced = strace === undefined;

/** A broken adapter of test/support/broken, words of the case that finds it, what that says, and whether it is skipped. */
export type Finding = readonly [name: string, caseName: string, said: RegExp, absent: boolean];

/** What never ends is waited for in vain, once for each of two locks. */
const PATIENCE_MS: Readonly<Record<string, number>> = { hangs: 3_000 };
/** Four kinds of weather, each until nothing moves any more. */
const LIMIT = { timeout: 180_000 };
/** A lock is held for longer than an adapter says it waits. */
const LIST = { lease: '1s', reapInterval: '500ms', commandTimeout: '400ms' };
const SHORT: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  hangs: { busyTimeout: 500 },
  waitsforever: LIST,
  waitsforserver: LIST,
  staysaway: LIST,
  repeatsafterwards: LIST,
};

/** A fault of timing needs a job in flight at the right moment: another seed, other moments. */
const SEEDS = [1, 2, 3, 4, 5, 6];

/** A test for each: the case finds the fault, by one of the seeds, and leaves nothing in the folder. */
export function finds(rows: readonly Finding[], scratchDir: string, seeds: readonly number[] = SEEDS): void {
  for (const [name, caseName, said, absent] of rows) {
    it.skipIf(absent)(`what is wrong with one that ${name}: ${caseName}`, LIMIT, async () => {
      const one = caseNamed(SUITE, caseName);
      const broken = await contestant(name, SHORT[name]);
      const context = (seed: number) =>
        contextFor(broken, scratchDir, { seed, timeoutMs: PATIENCE_MS[name] ?? 8_000, hungMs: 1_000 });
      const violations: string[] = [];
      const found = () => violations.some((text) => said.test(text));
      for (const seed of seeds) {
        if (!found()) violations.push(...(await verifyCase(one, context(seed))).violations);
      }
      expect(violations).toEqual(expect.arrayContaining([expect.stringMatching(said)]));
      expect(readdirSync(scratchDir)).toEqual([]);
    });
  }
}
