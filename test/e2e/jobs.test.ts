import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { Cell } from '../../src/core/result.js';
import { readResult } from '../../src/store/read.js';
import { CHEAP, newPlace } from './place.js';

const QUEUE = fileURLToPath(new URL('../../examples/my-queue.js', import.meta.url));

const LIMIT = { timeout: 90_000 };

async function cellsOf(path: string): Promise<Record<string, Cell>> {
  const { cells } = await readResult(path);
  return Object.fromEntries(cells.map((cell) => [cell.adapter.label, cell]));
}

test('a job that throws is tried again where retries are promised; elsewhere the cell is skipped', LIMIT, async () => {
  await using place = newPlace();
  const args = ['run', '--adapter', `sqlite,${QUEUE}`, ...CHEAP, '--work', 'fail:1', '--out', 'r.json'];
  const { code, stderr } = await place.run(args);
  expect(stderr).not.toMatch(/\n\s+at /);
  expect(code).toBe(0);
  const { sqlite, 'my-queue': simple } = await cellsOf(join(place.cwd, 'r.json'));
  expect(sqlite?.status).toBe('ok');
  const ledger = sqlite?.trials[0]?.ledger;
  expect(ledger).toMatchObject({ failed: 0, lost: 0, duplicated: 0 });
  expect(ledger?.completed).toBe(ledger?.accepted);
  expect(simple).toMatchObject({ status: 'skipped', reason: 'my-queue does not support retries' });
});

test('a job that ends its process fails its own cell with counts, and the run goes on', LIMIT, async () => {
  await using place = newPlace();
  const args = ['run', '--adapter', 'sqlite,threads,memory', ...CHEAP, '--work', 'exit', '--timeout', '2s'];
  const { code, stdout, stderr } = await place.run([...args, '--out', 'r.json']);
  expect(stderr).not.toMatch(/\n\s+at /);
  expect(code).toBe(4);
  expect(stdout).toMatch(/sqlite .*FAILED/);
  const { sqlite, threads, memory } = await cellsOf(join(place.cwd, 'r.json'));
  expect(sqlite).toMatchObject({ status: 'failed', error: { code: 'CHILD' } });
  expect(sqlite?.error?.message).toMatch(
    /worker-0 exited with code 7 \(planned [1-9]\d*, accepted [1-9]\d*, completed 0\)/,
  );
  // Its threads are replaced as they die, so that it is the deadline that ends it.
  expect(threads).toMatchObject({ status: 'failed', error: { code: 'TIMEOUT' } });
  expect(memory).toMatchObject({
    status: 'failed',
    error: { message: expect.stringMatching(/exited with code 7 \(planned [1-9]/) },
  });
});

test('a job that never ends meets the deadline, and the run goes on', LIMIT, async () => {
  await using place = newPlace();
  const args = ['run', '--adapter', 'sqlite,threads', ...CHEAP, '--work', 'hang', '--timeout', '1s'];
  const { code, stderr } = await place.run([...args, '--out', 'r.json']);
  expect(stderr).not.toMatch(/\n\s+at /);
  expect(code).toBe(4);
  const { sqlite, threads } = await cellsOf(join(place.cwd, 'r.json'));
  const message = expect.stringMatching(/had not settled after [\d.]+ s/);
  expect(sqlite).toMatchObject({ status: 'failed', error: { code: 'TIMEOUT', message } });
  expect(sqlite?.error?.message).toMatch(/\(planned [1-9]\d*, accepted [1-9]\d*, completed 0\)/);
  expect(threads).toMatchObject({ status: 'failed', error: { code: 'TIMEOUT', message } });
});

test('a job that blocks its simulated machine for an hour is not left behind', LIMIT, async () => {
  await using place = newPlace();
  const set = ['--set', 'spawn-vm.timeScale=0.001', '--work', 'cpu:1h', '--timeout', '1s'];
  const { code } = await place.run(['run', '--adapter', 'spawn-vm', ...CHEAP, ...set, '--out', 'r.json']);
  expect(code).toBe(4);
  const { cells } = await readResult(join(place.cwd, 'r.json'));
  expect(cells[0]).toMatchObject({ status: 'failed', error: { code: 'TIMEOUT' } });
});
