import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect } from 'vitest';
import adapter from '../../src/adapters/sqlite.js';
import { missing } from '../support/contestants.js';
import { DIST } from '../support/dist.js';
import { testWithStrace } from '../support/strace.js';

/*
 * `synchronous=full` is the promise that an accepted job survives a loss of power. What a disk does with a flush cannot
 * be seen from here, but whether it was asked for one before the caller had its answer can: by the system calls.
 */

const lacking = await missing({ label: 'sqlite', adapter, ref: { name: 'sqlite', module: '', options: {} } });
const SINGLE = 20;

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'jobbench-sync-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Says on stdout what was accepted, which puts a mark into the trace: single calls, a bulk call, calls at once. */
const PROGRAM = `
  import { writeSync } from 'node:fs';
  const [module, file, synchronous] = process.argv.slice(1);
  const { default: adapter } = await import(module);
  const session = await adapter.connect({ sqliteFile: file }, adapter.options.parse({ synchronous }));
  let index = 0;
  const job = () => ({ index: index++, queue: 'default', work: { kind: 'noop' }, payload: 'x' });
  writeSync(1, 'accepted nothing yet\\n');
  for (let i = 0; i < ${SINGLE}; i++) {
    await session.enqueue(job());
    writeSync(1, 'accepted one\\n');
  }
  await session.enqueueMany([job(), job(), job()]);
  writeSync(1, 'accepted a batch\\n');
  await Promise.all([job(), job(), job()].map((one) => session.enqueue(one)));
  writeSync(1, 'accepted three at once\\n');
  await session.close();
`;

/** What the log of one answer shows. */
interface Answer {
  readonly said: string;
  readonly writes: number;
  readonly flushes: number;
  /** Written to the log, but not flushed, when the answer came. */
  readonly unflushed: boolean;
}

async function traced(strace: string, synchronous: string): Promise<Answer[]> {
  const address = await adapter.create(adapter.options.parse({}), { dir, name: 'test', allowRemote: false });
  const trace = join(dir, 'trace');
  const module = pathToFileURL(join(DIST, 'adapters/sqlite.js')).href;
  const calls = 'trace=write,pwrite64,pwritev,fdatasync,fsync';
  const node = [
    process.execPath,
    '--input-type=module',
    '-e',
    PROGRAM,
    module,
    String(address.sqliteFile),
    synchronous,
  ];
  const ended = spawnSync(strace, ['-f', '-y', '-o', trace, '-e', calls, ...node], {
    encoding: 'utf8',
    timeout: 30_000,
  });
  expect([ended.status, ended.stderr]).toEqual([0, '']);
  return answersIn(readFileSync(trace, 'utf8'));
}

/** SQLite commits into the write-ahead log; `-y` names the file of each descriptor. */
function answersIn(trace: string): Answer[] {
  const answers: Answer[] = [];
  let [writes, flushes, unflushed] = [0, 0, false];
  for (const line of trace.split('\n')) {
    const [, call = '', file = '', rest = ''] = /^\d+ +(\w+)\(\d+<([^>]*)>(.*)/.exec(line) ?? [];
    const said = /"accepted (.*)\\n"/.exec(rest)?.[1];
    if (file.endsWith('-wal') && /sync$/.test(call)) {
      flushes++;
      unflushed = false;
    } else if (file.endsWith('-wal')) {
      writes++;
      unflushed = true;
    } else if (said !== undefined) {
      answers.push({ said, writes, flushes, unflushed });
      [writes, flushes, unflushed] = [0, 0, false];
    }
  }
  return answers.slice(1); // before the first nothing was asked
}

describe.skipIf(lacking !== undefined)(lacking ?? 'what SQLite flushes before a caller has its answer', () => {
  testWithStrace(
    'synchronous=full: everything that was written, for each commit',
    async (strace) => {
      const answers = await traced(strace, 'full');
      const said = answers.map((one) => one.said);
      expect(said).toEqual([...Array(SINGLE).fill('one'), 'a batch', 'three at once']);
      const broken = answers.filter(({ writes, flushes, unflushed }) => writes === 0 || flushes === 0 || unflushed);
      expect(broken).toEqual([]);
      expect(adapter.traitsFor(adapter.options.parse({ synchronous: 'full' })).durability).toBe('power-loss');
    },
    40_000,
  );

  testWithStrace(
    'synchronous=normal: nothing, and it claims no more than that',
    async (strace) => {
      const answers = await traced(strace, 'normal');
      expect(answers.filter(({ writes, unflushed }) => writes > 0 && unflushed)).toHaveLength(answers.length);
      expect(adapter.traitsFor(adapter.options.parse({ synchronous: 'normal' })).durability).toBe('process-crash');
    },
    40_000,
  );
});
