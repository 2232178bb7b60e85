import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { startRedis } from '../../../src/servers/redis.js';

/** Starts what tests start, says so in the file of that name, and waits until the file says `end`, or for ever. */
test('leaves a server, a process and a folder behind', async () => {
  const said = process.env.SWEEP_SAYS ?? '';
  const dir = mkdtempSync(join(tmpdir(), 'jobbench-'));
  const { pid } = await startRedis(dir, 'none');
  const idle = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { detached: true, stdio: 'ignore' });
  writeFileSync(said, JSON.stringify({ tmp: tmpdir(), pids: [pid, idle.pid] }));
  await vi.waitFor(() => expect(readFileSync(said, 'utf8')).toBe('end'), { timeout: 50_000, interval: 20 });
});
