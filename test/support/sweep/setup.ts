import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';

/*
 * All that a test run makes and starts is in a folder of its own, or has the name of that folder in its environment. The
 * program's own sweeper (docs/decisions/006) ends and removes what is left of it, however the run ends, `kill -9` included.
 * Before a run begins it does so for runs that are dead and whose sweeper was killed, too. Nobody else's are touched: what
 * a living run makes is in the folder of that run.
 */

/** Short, because the path of a unix socket somewhere in it may have 107 bytes. The sweeper takes `jobbench-*` only. */
const PREFIX = 'jobbench-t-';
const OWNER = 'owner.json';
const Owner = z.object({ host: z.string(), pid: z.number().int().positive() });
/** What vitest, and all that it starts, inherit. */
const VARIABLES = ['TMPDIR', 'JOBBENCH_SCRATCH'] as const;

/** For vitest, which calls it once for each project; only the first call has something to do. */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (ownerOf(tmpdir())?.pid === process.pid) return undefined;
  await Promise.all(deadRuns().map((dir) => sweeperOf(dir)()));
  const outer = VARIABLES.map((name) => [name, process.env[name]] as const);
  const dir = mkdtempSync(join(tmpdir(), PREFIX));
  writeFileSync(join(dir, OWNER), JSON.stringify({ host: hostname(), pid: process.pid }));
  const sweep = sweeperOf(dir);
  for (const name of VARIABLES) process.env[name] = dir;
  return async () => {
    for (const [name, value] of outer) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    await sweep();
  };
}

/** Folders of runs whose process has ended. One of another host, or that does not tell, is left alone. */
function deadRuns(): string[] {
  const folders = readdirSync(tmpdir()).filter((name) => name.startsWith(PREFIX));
  return folders
    .map((name) => join(tmpdir(), name))
    .filter((dir) => {
      const owner = ownerOf(dir);
      return owner?.host === hostname() && !isAlive(owner.pid);
    });
}

function ownerOf(dir: string): z.infer<typeof Owner> | undefined {
  try {
    return Owner.parse(JSON.parse(readFileSync(join(dir, OWNER), 'utf8')));
  } catch {
    return undefined; // no run's folder, or one that begins or ends just now
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Whoever may not be sent a signal is alive.
    return error instanceof Error && 'code' in error && error.code !== 'ESRCH';
  }
}

/** A sweeper that waits for the end of this process, or for the call that is returned; that resolves when all is swept. */
function sweeperOf(dir: string): () => Promise<void> {
  const program = resolve(import.meta.dirname, '../../..', process.env.JOBBENCH_DIST ?? 'dist', 'engine/sweeper.js');
  const sweeper = spawn(process.execPath, [program, dir, 'remove'], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const ended = once(sweeper, 'exit');
  ended.catch(() => undefined); // it could not be started: whoever asks for the sweep is told
  sweeper.stdin.on('error', () => undefined); // it was killed
  sweeper.unref();
  return async () => {
    sweeper.ref(); // or vitest, with nothing else to do, would end here
    sweeper.stdin.end();
    await ended;
  };
}
