import { describe, test } from 'vitest';
import { findRedis, installHint } from '../../src/servers/redis.js';

const found = await findRedis();
const demanded = (process.env.JOBBENCH_REQUIRE ?? '').split(',').includes('redis');

/** A group of tests that need redis-server: skipped without it, with the reason, or failed if JOBBENCH_REQUIRE says so. */
export function describeWithRedis(name: string, tests: () => void): void {
  if (found !== undefined) return void describe(name, tests);
  const reason = `${name}: redis-server is not on PATH (${installHint()})`;
  if (!demanded) return void test.skip(reason, () => undefined);
  test(reason, () => {
    throw new Error('JOBBENCH_REQUIRE names redis');
  });
}
