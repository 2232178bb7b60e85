import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Every process of a run inherits it: by its value the sweeper knows them, whatever their command lines are. */
const MARK = 'JOBBENCH_SCRATCH';

/** The run's own folder, and a promise that it goes away with the run however the run ends. */
export interface ScratchRoot extends AsyncDisposable {
  readonly dir: string;
}

/** Short, because the path of a unix socket inside it may have 107 bytes. */
export function openScratch(keep: boolean): ScratchRoot {
  const dir = mkdtempSync(join(tmpdir(), 'jobbench-'));
  const sweeper = startSweeper(dir, keep ? 'keep' : 'remove');
  const outer = process.env[MARK];
  process.env[MARK] = dir;
  return {
    dir,
    async [Symbol.asyncDispose]() {
      if (outer === undefined) delete process.env[MARK];
      else process.env[MARK] = outer;
      try {
        if (!keep) rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
      } catch {
        // Somebody is still writing there: the sweeper ends them first. The result must not be lost for it.
      }
      sweeper.stdin?.end();
    },
  };
}

function startSweeper(dir: string, folder: 'keep' | 'remove'): ChildProcess {
  const sweeper = spawn(process.execPath, [fileURLToPath(new URL('./sweeper.js', import.meta.url)), dir, folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // Without a sweeper a run still tidies up after itself, unless it is killed.
  sweeper.on('error', () => undefined);
  sweeper.stdin?.on('error', () => undefined);
  sweeper.unref();
  return sweeper;
}
