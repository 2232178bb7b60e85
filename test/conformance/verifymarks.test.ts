import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { withProofs } from '../../src/cli/proved.js';
import type { Proof } from '../../src/core/promises.js';
import { adapterModule } from '../../src/engine/registry.js';
import { sourceHash } from '../../src/engine/source.js';
import { promisesFile } from '../../src/store/proofs.js';
import { resultFixture } from '../fixtures/result.js';

const dir = mkdtempSync(join(tmpdir(), 'jbmarks-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
beforeEach(() => {
  for (const folder of ['results', 'elsewhere']) {
    rmSync(join(dir, folder), { recursive: true, force: true });
    mkdirSync(join(dir, folder));
  }
});

/** What was found of the SQLite adapter as it is in this tree, unless told otherwise. */
function keep(
  folder: 'results' | 'elsewhere',
  how: { date: string; delivery: 'proved' | 'violated'; source?: string },
) {
  const { cells, host, run } = resultFixture();
  const cell = cells.find(({ adapter }) => adapter.name === 'sqlite');
  if (cell === undefined) throw new Error('the fixture has no SQLite');
  const proof: Proof = {
    adapter: { ...cell.adapter, source: how.source ?? sourceHash(adapterModule('sqlite')) },
    ...{ level: 'quick', seed: 1, date: how.date, jobbench: run.jobbench, machine: host },
    findings: [{ name: 'n', about: 'delivery', status: how.delivery, violations: [], facts: [], figures: {}, ms: 1 }],
  };
  writeFileSync(join(dir, folder, 'promises.json'), JSON.stringify(promisesFile([proof])));
}

async function marked(): Promise<boolean> {
  const observer = { status: () => undefined, note: () => undefined };
  const { cells } = await withProofs(resultFixture(), join(dir, 'elsewhere/r.json'), dir, observer);
  return cells.some(({ adapter }) => adapter.name === 'sqlite' && adapter.proved?.includes('delivery'));
}

describe('a row is marked', () => {
  it('by the newest proof, wherever it lies', async () => {
    keep('results', { date: '2026-01-02T00:00:00.000Z', delivery: 'violated' });
    keep('elsewhere', { date: '2026-01-01T00:00:00.000Z', delivery: 'proved' });
    expect(await marked()).toBe(false);
    keep('results', { date: '2025-12-31T00:00:00.000Z', delivery: 'violated' });
    expect(await marked()).toBe(true);
  });

  it('for the code that was tried, also where it comes with jobbench', async () => {
    const date = '2026-01-01T00:00:00.000Z';
    keep('results', { date, delivery: 'proved' });
    expect(await marked()).toBe(true);
    keep('results', { date, delivery: 'proved', source: 'sha256:of-before' });
    expect(await marked()).toBe(false);
  });

  it('and code is told apart by the files of its workers, too', () => {
    const module = join(dir, 'mine.mjs');
    writeFileSync(module, "new Worker(new URL('./worker.mjs', import.meta.url));\n");
    writeFileSync(join(dir, 'worker.mjs'), '// one\n');
    const before = sourceHash(pathToFileURL(module).href);
    writeFileSync(join(dir, 'worker.mjs'), '// two\n');
    expect(sourceHash(pathToFileURL(module).href)).not.toBe(before);
  });
});
