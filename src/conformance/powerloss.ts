import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeError } from '../core/errors.js';
import { within } from '../engine/deadline.js';
import { inArena } from './arena.js';
import type { Case } from './case.js';
import type { FlusherOrder } from './flusher.js';

const JOBS = 40;
const LIMIT_MS = 30_000;
/** Two clocks are compared: that of the trace, and that of the process which enqueues. */
const CLOCK_MS = 3;
const FLUSHES = 'trace=fsync,fdatasync,msync,sync_file_range';

/**
 * A loss of power cannot be had here, but whether a flush to the disk was asked for between call and answer can be seen, by
 * the system calls of whoever writes.
 */
export const flushed: Case = {
  name: 'an accepted job was flushed to the disk before enqueue resolved',
  about: 'durability',
  applies: ({ topology, durability }) => topology === 'shared' && durability === 'power-loss',
  async run(context) {
    if (spawnSync('strace', ['-o', '/dev/null', 'true']).status !== 0) {
      return { violations: [], notTested: 'strace is not here, or may not trace: install it to count flushes' };
    }
    return inArena(context, { workers: 0, work: { kind: 'noop' } }, async (arena) => {
      const server = context.adapter.harms?.(arena.address).server;
      const trace = join(arena.dir, 'trace');
      const out = join(arena.dir, 'calls.json');
      const { module, options } = context.ref;
      const order: FlusherOrder = { out, module, address: arena.address, options, jobs: JOBS };
      const strace = ['-f', '-ttt', '-o', trace, '-e', FLUSHES];
      const notTested = await (server === undefined
        ? flusher('strace', [...strace, process.execPath], order)
        : traced(server.pid(), strace, () => flusher(process.execPath, [], order)));
      if (notTested !== undefined) return { violations: [], notTested };
      const between = JSON.parse(readFileSync(out, 'utf8')) as [called: number, accepted: number][]; // by flusher.ts
      const flushes = flushTimes(readFileSync(trace, 'utf8'));
      const without = between.filter(
        ([called, accepted]) => !flushes.some((at) => at >= called - CLOCK_MS && at <= accepted + CLOCK_MS),
      );
      const fact = `${flushes.length} flushes while ${between.length} jobs were accepted one by one`;
      return {
        violations: without.length > 0 ? [`accepted ${without.length} of ${between.length} jobs without a flush`] : [],
        facts: [fact],
      };
    });
  },
};

/** `1234 1700000000.123456 fdatasync(9) = 0`: when each was called, in ms. */
function flushTimes(trace: string): number[] {
  return [...trace.matchAll(/^(?:\d+ +)?(\d+\.\d+) (?:fsync|fdatasync|msync|sync_file_range)\(/gm)].map(
    ([, at]) => Number(at) * 1000,
  );
}

/** The order may hold secrets, and a command line is for all to read: it goes by stdin, which strace hands on. */
async function flusher(command: string, args: readonly string[], order: FlusherOrder): Promise<undefined> {
  const entry = fileURLToPath(new URL('./flusher.js', import.meta.url));
  const child = spawn(command, [...args, entry], { stdio: ['pipe', 'ignore', 'pipe'] });
  const exit = exitOf(child);
  let err = '';
  child.stderr.on('data', (text: Buffer) => {
    err += text.toString();
  });
  child.stdin.on('error', () => undefined); // one that ends before it has read says so by its exit code
  child.stdin.end(JSON.stringify(order));
  try {
    const code = await within(exit, LIMIT_MS, 'a watched process to enqueue its jobs');
    const said = err.split('\n').find((line) => line.includes('Error')) ?? '';
    if (code !== 0) throw new Error(`a watched process exited with code ${code}: ${said}`);
  } finally {
    child.kill('SIGKILL');
  }
}

/**
 * Acts while strace watches a process that runs already, which may be forbidden where to start one under it is not.
 * @returns why it could not be watched
 */
async function traced(pid: number, strace: readonly string[], act: () => Promise<void>): Promise<string | undefined> {
  const tracer = spawn('strace', [...strace, '-p', String(pid)], { stdio: ['ignore', 'ignore', 'pipe'] });
  const exit = exitOf(tracer);
  let said = '';
  const attached = new Promise<true>((resolve) => {
    tracer.stderr.on('data', (text: Buffer) => {
      said += text.toString();
      if (said.includes('attached')) resolve(true);
    });
  });
  const over = exit.then(() => said.trim());
  try {
    const begun = await within(Promise.race([attached, over]), LIMIT_MS, 'strace to attach').catch(describeError);
    if (begun !== true) return `strace may not attach to a server that runs already (${begun})`;
    await act();
    return tracer.exitCode === null ? undefined : `strace ended before the last job was accepted (${said.trim()})`;
  } finally {
    tracer.kill('SIGINT'); // it lets go of the server
    await within(Promise.allSettled([exit]), LIMIT_MS, 'strace to let go of the server');
  }
}

/** To be called right after the start: nobody hears of an end that came before. */
function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
}
