import { spawnSync } from 'node:child_process';
import { test } from 'vitest';

/** Where strace is, if it is there and may trace. */
export const strace =
  spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0
    ? spawnSync('which', ['strace'], { encoding: 'utf8' }).stdout.trim()
    : undefined;
const demanded = (process.env.JOBBENCH_REQUIRE ?? '').split(',').includes('strace');

/** A test that needs strace: skipped without it, with the reason, or failed if JOBBENCH_REQUIRE says so. */
export function testWithStrace(name: string, run: (strace: string) => Promise<void>, timeoutMs: number): void {
  if (strace !== undefined) return void test(name, () => run(strace), timeoutMs);
  const reason = `${name} (not tested: strace is not on PATH, or may not trace here)`;
  if (!demanded) return void test.skip(reason, () => undefined);
  test(reason, () => {
    throw new Error('JOBBENCH_REQUIRE names strace');
  });
}
