import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { until } from '../e2e/place.js';
import { DIST } from '../support/dist.js';

const MODULE = pathToFileURL(join(DIST, 'store/write.js')).href;
/** Long enough that the writer is met in the middle. */
const BYTES = 64 * 2 ** 20;
const GONE_MS = 2000;

test('kill -9 while a result is written leaves the old one, and nothing else', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'jobbench-killed-'));
  try {
    const path = join(dir, 'r.json');
    writeFileSync(path, 'the old one');
    const program = `import { replaceFile } from '${MODULE}'; await replaceFile(process.argv[1], 'x'.repeat(${BYTES}));`;
    const writer = spawn(process.execPath, ['--input-type=module', '--eval', program, '--', path], { stdio: 'ignore' });
    const others = () => readdirSync(dir).filter((name) => name !== 'r.json');
    while (others().length === 0 && writer.exitCode === null) await turn();
    writer.kill('SIGKILL');
    expect(others().length).toBe(1);
    await until(
      () => others().length === 0,
      GONE_MS,
      () => `${others()} to be removed`,
    );
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});
