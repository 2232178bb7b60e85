import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { QUICK } from './adapters.js';

/** The built program. Another build is tested by setting JOBBENCH_BIN. */
const BIN = resolve(process.env.JOBBENCH_BIN ?? fileURLToPath(new URL('../../bin/jobbench.js', import.meta.url)));

/** Long, because other tests may use the machine: these deadlines tell "never" from "late". */
const LONG_MS = 60_000;
export const SOON_MS = 30_000;

/** The least that a run takes: tiny phases, one trial. */
export const TINY = ['--warmup', '100ms', '--duration', '200ms', '--trials', '1'];
/** The cheapest scenario: nothing is measured before its trials. Bulk calls of two, for there are many of them. */
export const CHEAP = ['--scenario', 'operations', ...TINY, '--duration', '100ms', '--batch', '2'];

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  /** What it has written to stderr so far. */
  stderr(): string;
  /** Waits until stderr says so. @throws Error when it ends or the deadline comes before */
  says(pattern: RegExp): Promise<void>;
  readonly ended: Promise<Ended>;
}

export interface Options {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** When it is killed, and the test has failed. */
  readonly limitMs?: number;
}

/** A folder for one test, in which every process of a run and everything it leaves behind can be found. */
export interface Place extends AsyncDisposable {
  /** Working directory of runs. */
  readonly cwd: string;
  /** TMPDIR of runs. */
  readonly tmp: string;
  write(name: string, text: string): void;
  /** Arguments of a run that takes about a second. */
  quick(): string[];
  start(args: readonly string[], options?: Options): Running;
  /** Runs to the end, and checks that neither a process nor a scratch folder is left. */
  run(args: readonly string[], options?: Options): Promise<Ended>;
  /** Waits until nothing of any run is left. @throws Error with what still is */
  tidy(): Promise<void>;
  processes(): { readonly pid: number; readonly command: string }[];
  scratch(): string[];
  /** Names of files below the working directory, but for `quick.mjs`. */
  files(): string[];
}

export function newPlace(): Place {
  const root = mkdtempSync(join(tmpdir(), 'jbe2e-'));
  const cwd = join(root, 'work');
  const tmp = join(root, 'tmp');
  for (const dir of [cwd, tmp]) mkdirSync(dir);
  const place: Place = {
    cwd,
    tmp,
    write(name, text) {
      const path = join(cwd, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    },
    quick() {
      place.write('quick.mjs', QUICK);
      return ['run', '--adapter', './quick.mjs', ...CHEAP];
    },
    start: (args, options = {}) =>
      launch(args, { cwd, limitMs: LONG_MS, ...options, env: { TMPDIR: tmp, ...options.env } }),
    async run(args, options) {
      const ended = await place.start(args, options).ended;
      await place.tidy();
      return ended;
    },
    async tidy() {
      const left = () => [...place.processes().map(({ command }) => command), ...place.scratch()];
      await until(
        () => left().length === 0,
        SOON_MS,
        () => `everything to be gone; there is ${left().join(', ')}`,
      );
    },
    processes: () => processesWith(`TMPDIR=${tmp}`),
    scratch: () => readdirSync(tmp),
    files: () => filesIn(cwd).filter((name) => name !== 'quick.mjs'),
    async [Symbol.asyncDispose]() {
      for (const { pid } of place.processes()) kill(pid);
      rmSync(root, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  return place;
}

/** Waits for a condition. @throws Error at the deadline that says what was waited for */
export async function until(condition: () => boolean, ms: number, what: string | (() => string)): Promise<void> {
  const deadline = Date.now() + ms;
  while (!condition()) {
    if (Date.now() > deadline) {
      throw new Error(`waited ${ms} ms for ${typeof what === 'string' ? what : what()}`);
    }
    await sleep(10);
  }
}

function launch(args: readonly string[], options: Required<Options>): Running {
  // Nothing of this machine's environment but where programs are: a REDIS_URL would change what is tested.
  const env = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...options.env };
  const child = spawn(process.execPath, [BIN, ...args], { cwd: options.cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  let over = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((done, failed) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      failed(new Error(`jobbench ${args.join(' ')} did not end in ${options.limitMs} ms; it said:\n${stderr}`));
    }, options.limitMs);
    child.once('error', failed);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      over = true;
      done({ code, signal, stdout, stderr });
    });
  });
  ended.catch(() => undefined); // whoever waits for it is told; a test that only kills does not wait
  return {
    child,
    stderr: () => stderr,
    async says(pattern) {
      await until(
        () => pattern.test(stderr) || over,
        SOON_MS,
        () => `${pattern} on stderr; it said:\n${stderr}`,
      );
      if (!pattern.test(stderr)) throw new Error(`it ended without saying ${pattern}:\n${stderr}\n${stdout}`);
    },
    ended,
  };
}

/** Processes that were started with this variable: every descendant has it, whatever its command line is. */
function processesWith(variable: string): { pid: number; command: string }[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && read(`/proc/${pid}/environ`).split('\0').includes(variable))
    .map((pid) => ({ pid, command: read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim() }));
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // it ended meanwhile, or is somebody else's
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended meanwhile.
  }
}

function filesIn(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => path.slice(dir.length + 1))
    .sort();
}
