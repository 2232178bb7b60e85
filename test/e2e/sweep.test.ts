import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { findRedis } from '../../src/servers/redis.js';
import { until } from './place.js';

const Said = z.object({ tmp: z.string(), pids: z.array(z.number().int()) });
const LIMIT = { timeout: 120_000 };
/** A test run starts, or a sweeper ends its work, on a busy machine. */
const SOON_MS = 30_000;

const VITEST = join(createRequire(import.meta.url).resolve('vitest/package.json'), '../vitest.mjs');
const SWEEP = join(import.meta.dirname, '../support/sweep');
const home = mkdtempSync(join(tmpdir(), 'sweep-'));
afterAll(() => rmSync(home, { recursive: true, force: true, maxRetries: 5 }));

describe.skipIf((await findRedis()) === undefined)('what a test run started and made', () => {
  it('is gone when the run was killed, and what a living run has stays', LIMIT, async () => {
    const [killed, living] = await Promise.all([started('killed'), started('living')]);
    expect(killed.tmp).not.toBe(living.tmp);
    killed.run.kill('SIGKILL');
    await gone(killed);
    expect([living.pids.filter(isAlive), existsSync(living.tmp)]).toEqual([living.pids, true]);
    writeFileSync(living.said, 'end');
    // It leaves a server and a process as a bad test does, and says that it passed.
    expect(await living.ended).toBe(0);
    expect([living.pids.filter(isAlive), existsSync(living.tmp)]).toEqual([[], false]);
  });

  it('is swept by the next run when its sweeper was killed, too', LIMIT, async () => {
    const dead = await started('dead');
    kill(sweeperOf(dead.tmp));
    dead.run.kill('SIGKILL');
    await dead.ended;
    const next = await started('next');
    expect([dead.pids.filter(isAlive), existsSync(dead.tmp)]).toEqual([[], false]);
    next.run.kill('SIGKILL');
    await gone(next);
  });
});

interface Started extends z.infer<typeof Said> {
  readonly run: ChildProcess;
  readonly said: string;
  readonly ended: Promise<number | null>;
}

/** A test run with a server, a process and a folder of its tests; beside the others in one folder for temporary files. */
async function started(name: string): Promise<Started> {
  const said = join(home, `${name}.json`);
  // Nothing of the run that this is a test of: what it would mark, its own sweeper would sweep.
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: home, SWEEP_SAYS: said };
  const args = [VITEST, 'run', '--config', join(SWEEP, 'vitest.config.ts')];
  const run = spawn(process.execPath, args, { cwd: SWEEP, env, stdio: 'ignore' });
  const ended = once(run, 'exit').then(([code]) => (typeof code === 'number' ? code : null));
  await until(() => existsSync(said) && readFileSync(said, 'utf8').endsWith('}'), SOON_MS, `${name} to start`);
  return { ...Said.parse(JSON.parse(readFileSync(said, 'utf8'))), run, said, ended };
}

function gone({ pids, tmp }: Started): Promise<void> {
  const left = () => [...pids.filter(isAlive), ...(existsSync(tmp) ? [tmp] : [])];
  return until(
    () => left().length === 0,
    SOON_MS,
    () => `everything to be gone; there is ${left().join(', ')}`,
  );
}

/** Dead is also who was killed and is not yet collected by its parent. */
function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}`) && !/^\d+ \(.*\) Z/.test(read(`/proc/${pid}/stat`));
}

function sweeperOf(dir: string): number {
  const isSweeper = (pid: string) =>
    /sweeper\.js\0/.test(read(`/proc/${pid}/cmdline`)) && read(`/proc/${pid}/cmdline`).includes(dir);
  return Number(readdirSync('/proc').find((pid) => /^\d+$/.test(pid) && isSweeper(pid)));
}

function kill(pid: number): void {
  process.kill(pid, 'SIGKILL');
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // it ended meanwhile
  }
}
