import { describe, expect, test } from 'vitest';
import { PromisesSchema } from '../../src/core/promises.js';
import { newPlace } from '../e2e/place.js';
import { contestant, missing } from '../support/contestants.js';
import { adapterNames } from '../support/dist.js';

const LIMIT = { timeout: 180_000 };

/** Leases that lapse soon and machines that boot soon, or what waits for them would take half a minute each time. */
const SOON: Readonly<Record<string, readonly string[]>> = {
  // As shipped, but for the lease: what fuse=auto changes is tried by contract.test.ts.
  sqlite: ['lease=1s'],
  'spawn-vm': ['timeScale=0.02', 'boot=500ms', 'appBoot=uniform:500ms:1s', 'maxMachines=4'],
  'redis-list': ['lease=1s', 'reapInterval=500ms'],
  redis: ['lockDuration=1s', 'stalledInterval=1s', 'commandTimeout=3s'],
};

/** What is promised and cannot be tried everywhere: without `strace` nobody sees a flush. */
const EXCUSES = /strace/;

const QUICK_MS = 60_000;
const took = new Map<string, number>();

/** Through the program, and over the folder: a new adapter is tried without a word here. Half of the time each waits for leases. */
for (const name of adapterNames()) {
  const reason = await missing(await contestant(name));
  describe(reason ?? name, { concurrent: true, skip: reason !== undefined }, () => {
    test('keeps all that it promises, as `jobbench verify` finds at its quick level', LIMIT, async () => {
      await using place = newPlace();
      const soon = (SOON[name] ?? []).flatMap((setting) => ['--set', `${name}.${setting}`]);
      const args = ['verify', '--adapter', name, ...soon, '--seed', '1', '--json', '--quiet'];
      const { code, stdout, stderr } = await place.start(args, { limitMs: 170_000 }).ended;
      await place.tidy();
      const [proof] = stdout === '' ? [] : PromisesSchema.parse(JSON.parse(stdout)).proofs;
      took.set(name, proof?.ms ?? Number.NaN);
      const findings = proof?.findings ?? [];
      const broken = findings.filter(({ status }) => status === 'violated');
      const untried = findings.filter(({ status, why }) => status === 'not tested' && !EXCUSES.test(why ?? ''));
      expect({ code, stderr, broken, untried }).toEqual({ code: 0, stderr: '', broken: [], untried: [] });
      expect(findings.filter(({ status }) => status === 'proved').length).toBeGreaterThan(10);
    });
  });
}

/** Each may be unlucky on a busy machine; all of them together may not be slower than a minute each. */
test('the quick level takes a minute an adapter at most', () => {
  const sum = [...took.values()].reduce((total, ms) => total + ms, 0);
  expect(sum, `ms of each: ${JSON.stringify([...took])}`).toBeLessThanOrEqual(took.size * QUICK_MS);
});
