import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { footprint } from '../../src/engine/footprint.js';

const onLinux = test.runIf(process.platform === 'linux');

onLinux('counts how often a process of the trial that is not ours was woken', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'jobbench-footprint-'));
  const beside = footprint(dir, new Map());
  const server = spawn(process.execPath, ['-e', 'setInterval(() => {}, 5)', join(dir, 'store')], { stdio: 'ignore' });
  try {
    await vi.waitFor(() => {
      beside.begin();
      expect([...beside.pids()]).toEqual([server.pid]);
    });
    await vi.waitFor(() => expect(beside.end('idle', 1)?.sleeps).toBeGreaterThan(10), { timeout: 10_000 });
  } finally {
    server.kill('SIGKILL');
    rmSync(dir, { recursive: true });
  }
});
