import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeError } from '../core/errors.js';
import { within } from '../engine/deadline.js';
import { inArena } from './arena.js';
import type { Case, Found } from './case.js';
import { together } from './found.js';
import { FILE_CALLS, type FileCall, fileCalls } from './systemcalls.js';
import { type FlusherOrder, indicesOf, payloadOf, type Round } from './watchedjob.js';

const ALONE = 40;
/** So many at once, or in a bulk call, so often. */
const TOGETHER = 12;
const TIMES = 3;
const LIMIT_MS = 30_000;
/**
 * A loss of power cannot be had here. But whether between call and answer something was written to a file, and then flushed to
 * the disk until the flush had returned, can be seen by the system calls of whoever writes.
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
      const [own, servers] = [join(arena.dir, 'trace'), join(arena.dir, 'servertrace')];
      const marks = join(arena.dir, 'marks');
      const { module, options } = context.ref;
      const parts = partsOf(context.traits.bulk);
      const order: FlusherOrder = {
        marks,
        module,
        address: arena.address,
        options,
        rounds: parts.flatMap(({ rounds }) => rounds),
      };
      const act = () => flusher(own, order);
      const notTested = await (server === undefined ? act() : traced(server.pid(), servers, act));
      if (notTested !== undefined) return { violations: [], notTested };
      const calls = fileCalls(readFileSync(own, 'utf8'));
      const theirs = server === undefined ? calls : fileCalls(readFileSync(servers, 'utf8'));
      return together(parts.map(({ came, rounds }) => judged(came, betweenOf(rounds, calls, marks), theirs)));
    });
  },
};

interface Part {
  readonly came: string;
  readonly rounds: readonly Round[];
}

/** What is enqueued alone, and what may share a commit, or a flush: a group of calls, and a bulk call. */
function partsOf(bulk: boolean): Part[] {
  const rounds = (how: Round['how'], from: number, jobs: number, times: number) =>
    Array.from({ length: times }, (_, n) => ({ how, from: from + n * jobs, jobs }));
  const afterCalls = ALONE + TOGETHER * TIMES;
  const parts = [
    { came: 'one by one', rounds: rounds('calls', 0, 1, ALONE) },
    { came: `${TOGETHER} at once`, rounds: rounds('calls', ALONE, TOGETHER, TIMES) },
  ];
  const inBulk = { came: `${TOGETHER} in a bulk call`, rounds: rounds('bulk', afterCalls, TOGETHER, TIMES) };
  return bulk ? [...parts, inBulk] : parts;
}

interface Between {
  readonly index: number;
  readonly calledMs: number;
  readonly acceptedMs: number;
}

/** The times are the trace's own, so that no two clocks are compared. */
function betweenOf(rounds: readonly Round[], calls: readonly FileCall[], marks: string): Between[] {
  const path = realpathSync(marks); // as strace tells it
  const own = calls.filter(({ file }) => file === path);
  const of = (word: string, index: number) => own.find(({ args }) => args.includes(`"${word} ${index}"`));
  return rounds.flatMap(indicesOf).map((index) => ({
    index,
    calledMs: of('called', index)?.returnedMs ?? Number.NaN,
    acceptedMs: of('accepted', index)?.calledMs ?? Number.NaN,
  }));
}

/** @param calls of whoever writes */
function judged(came: string, between: readonly Between[], calls: readonly FileCall[]): Found {
  const writes = calls.filter(({ what }) => what === 'write');
  const flushes = calls.filter(({ what }) => what === 'flush');
  const has = ({ args }: FileCall, index: number) => args.includes(payloadOf(index));
  // Who packs or encrypts a job is believed to have written it when something was written.
  const readable = writes.some((write) => between.some(({ index }) => has(write, index)));
  const without = between.filter(({ index, calledMs, acceptedMs }) => {
    const written = writes.filter((write) => write.calledMs >= calledMs && (!readable || has(write, index)));
    const flushed = (write: FileCall) => (flush: FileCall) =>
      flush.file === write.file && flush.calledMs >= write.returnedMs && flush.returnedMs <= acceptedMs;
    return !written.some((write) => flushes.some(flushed(write)));
  });
  const during = flushes.filter((flush) =>
    between.some(({ calledMs, acceptedMs }) => flush.calledMs >= calledMs && flush.returnedMs <= acceptedMs),
  );
  const said = `accepted ${without.length} of ${between.length} jobs that came ${came} before what was written for them had been flushed`;
  return {
    violations: without.length > 0 ? [said] : [],
    facts: [`${during.length} flushes between call and answer of ${between.length} jobs that came ${came}`],
  };
}

/** The order may hold secrets, and a command line is for all to read: it goes by stdin, which strace hands on. */
async function flusher(trace: string, order: FlusherOrder): Promise<undefined> {
  const entry = fileURLToPath(new URL('./flusher.js', import.meta.url));
  const child = spawn('strace', [...FILE_CALLS, '-o', trace, process.execPath, entry], {
    stdio: ['pipe', 'ignore', 'pipe'],
  });
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
async function traced(pid: number, trace: string, act: () => Promise<void>): Promise<string | undefined> {
  const tracer = spawn('strace', [...FILE_CALLS, '-o', trace, '-p', String(pid)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
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
