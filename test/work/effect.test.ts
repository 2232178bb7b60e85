import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { doWork } from '../../src/work/body.js';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'jobbench-effect-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const effect = (event: string, sink: 'idempotent' | 'naive') =>
  doWork({ kind: 'effect', event, ms: 1, sink }, 1, { spinsPerMs: 1, appDb: join(dir, 'app.sqlite3') });

it('an idempotent sink lets an event have one effect, also of deliveries at the same time', async () => {
  const said = await Promise.all(Array.from({ length: 10 }, () => effect('event-0-1', 'idempotent')));
  expect(said.filter((word) => word === undefined)).toHaveLength(1);
  expect(said.filter((word) => word === 'no effect')).toHaveLength(9);
  expect(await effect('../event', 'idempotent')).toBeUndefined();
});

it('a naive one lets it have as many as there are deliveries', async () => {
  expect(await effect('event-0-1', 'naive')).toBeUndefined();
  expect(await effect('event-0-1', 'naive')).toBeUndefined();
});

it('a sink that cannot be reached fails the job', async () => {
  rmSync(dir, { recursive: true });
  await expect(effect('event-0-1', 'idempotent')).rejects.toThrow(/ENOENT/);
  dir = mkdtempSync(join(tmpdir(), 'jobbench-effect-'));
});
