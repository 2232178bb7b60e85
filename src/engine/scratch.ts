import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { codeOf, JobbenchError } from '../core/errors.js';

/** Every process of a run inherits it: by its value the sweeper knows them, whatever their command lines are. */
const MARK = 'JOBBENCH_SCRATCH';

/** The run's own folder, and a promise that it goes away with the run however the run ends. */
export interface ScratchRoot extends AsyncDisposable {
  readonly dir: string;
}

/** Short, because the path of a unix socket inside it may have 107 bytes. */
export function openScratch(keep: boolean): ScratchRoot {
  const dir = makeFolder();
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

/** @throws JobbenchError USAGE where temporary files cannot be made */
export function makeFolder(): string {
  try {
    return mkdtempSync(join(tmpdir(), 'jobbench-'));
  } catch (cause) {
    const why = codeOf(cause) ?? 'unknown error';
    const message = `no folder for temporary files can be made in ${tmpdir()} (${why}): set TMPDIR to one that is writable`;
    throw new JobbenchError('USAGE', message, { cause });
  }
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
