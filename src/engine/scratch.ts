import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The run's own folder, and a promise that it goes away with the run however the run ends. */
export interface ScratchRoot extends AsyncDisposable {
  readonly dir: string;
}

/** Short, because the path of a unix socket inside it may have 107 bytes. */
export function openScratch(keep: boolean): ScratchRoot {
  const dir = mkdtempSync(join(tmpdir(), 'jobbench-'));
  const sweeper = keep ? undefined : startSweeper(dir);
  return {
    dir,
    async [Symbol.asyncDispose]() {
      if (!keep) rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
      sweeper?.stdin?.end('done\n');
    },
  };
}

function startSweeper(dir: string): ChildProcess {
  const sweeper = spawn(process.execPath, [fileURLToPath(new URL('./sweeper.js', import.meta.url)), dir], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // Without a sweeper a run still tidies up after itself, unless it is killed.
  sweeper.on('error', () => undefined);
  sweeper.stdin?.on('error', () => undefined);
  sweeper.unref();
  return sweeper;
}
