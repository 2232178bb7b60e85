import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
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
      const order: FlusherOrder = {
        out,
        module: context.ref.module,
        address: arena.address,
        options: context.ref.options,
        jobs: JOBS,
      };
      const node = [process.execPath, fileURLToPath(new URL('./flusher.js', import.meta.url)), JSON.stringify(order)];
      const strace = ['-f', '-ttt', '-o', trace, '-e', FLUSHES];
      if (server === undefined) await ended(spawn('strace', [...strace, ...node]));
      else {
        const tracer = spawn('strace', [...strace, '-p', String(server.pid())], {
          stdio: ['ignore', 'ignore', 'pipe'],
        });
        try {
          await attached(tracer);
          await ended(spawn(node[0] ?? '', node.slice(1)));
        } finally {
          tracer.kill('SIGINT'); // it lets go of the server
          await new Promise((resolve) => tracer.once('exit', resolve));
        }
      }
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

async function ended(child: ChildProcess): Promise<void> {
  let err = '';
  child.stderr?.on('data', (text: Buffer) => {
    err += text.toString();
  });
  const exit = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  try {
    const code = await within(exit, LIMIT_MS, 'a watched process to enqueue its jobs');
    if (code !== 0) throw new Error(`a watched process exited with code ${code}: ${err.split('\n')[0]}`);
  } finally {
    child.kill('SIGKILL');
  }
}

async function attached(tracer: ChildProcess): Promise<void> {
  const said = new Promise<void>((resolve, reject) => {
    tracer.stderr?.on('data', (text: Buffer) => {
      if (text.toString().includes('attached')) resolve();
    });
    tracer.once('exit', () => reject(new Error('strace may not attach to the server')));
  });
  await within(said, LIMIT_MS, 'strace to attach to the server');
}
