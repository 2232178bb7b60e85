import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { JobbenchError } from '../core/errors.js';
import { within } from './within.js';

/**
 * What a private server writes to disk. none: nothing. rdb: snapshots at Redis' default save points. aof: every write
 * goes to a log that is flushed once a second. aof-always: the log is flushed before each reply.
 */
export const PERSISTENCE = ['none', 'rdb', 'aof', 'aof-always'] as const;
export type Persistence = (typeof PERSISTENCE)[number];

export interface RedisServer {
  readonly socket: string;
  readonly pid: number;
}

interface Handle extends RedisServer {
  readonly child: ChildProcess;
  readonly dir: string;
  readonly persistence: Persistence;
  readonly exited: Promise<string>;
}

/** Servers of this process, by socket path: an address is plain data, so a handle cannot travel in it. */
const running = new Map<string, Handle>();
let guarded = false;

/** Bytes that fit into sockaddr_un.sun_path beside the terminating zero. */
const LONGEST_SOCKET_PATH = process.platform === 'darwin' ? 103 : 107;

/** The version of `redis-server` on PATH, or undefined. */
export function findRedis(): Promise<string | undefined> {
  return new Promise((found) => {
    // Any failure means the same to a caller: there is no server that could be started.
    execFile('redis-server', ['--version'], { timeout: 5000 }, (error, stdout) =>
      found(error === null ? (/v=(\d+(\.\d+)*)/.exec(stdout)?.[1] ?? 'unknown') : undefined),
    );
  });
}

/** The command that installs `redis-server` here. */
export function installHint(): string {
  if (process.platform === 'darwin') return 'brew install redis';
  if (existsSync('/etc/debian_version')) return 'apt-get install -y redis-server';
  return 'install redis-server with the package manager of this system';
}

/**
 * Starts a server of our own that listens on a unix socket in `<dir>/redis` and nowhere else.
 * @throws JobbenchError ENVIRONMENT when it does not start, TIMEOUT when it does not answer in time
 */
export async function startRedis(dir: string, persistence: Persistence, timeoutMs = 10_000): Promise<RedisServer> {
  const home = resolve(dir, 'redis');
  const socket = join(home, 'redis.sock');
  const length = Buffer.byteLength(socket);
  if (length > LONGEST_SOCKET_PATH) {
    throw new JobbenchError(
      'ENVIRONMENT',
      `the path of a socket may have ${LONGEST_SOCKET_PATH} bytes, and ${socket} has ${length}; set TMPDIR to a shorter folder`,
    );
  }
  await mkdir(home, { recursive: true, mode: 0o700 });
  const handle = await launch(home, socket, persistence);
  running.set(socket, handle);
  try {
    await ready(handle, timeoutMs);
  } catch (error) {
    await stopRedis(socket);
    throw error;
  }
  return { socket, pid: handle.pid };
}

/** Stops a server that this process started, and removes its folder. A server that is gone already is fine. */
export async function stopRedis(socket: string): Promise<void> {
  const handle = running.get(socket);
  if (handle === undefined) return;
  const gone = (ms: number) => within(handle.exited, ms);
  // Asked, told, killed. An answer is not needed: the exit is what counts, and each step has its deadline.
  void ask(socket, 'SHUTDOWN NOSAVE', 2000).catch(() => undefined);
  if ((await gone(3000)) === undefined) {
    signal(handle, 'SIGTERM');
    if ((await gone(1000)) === undefined) signal(handle, 'SIGKILL');
    if ((await gone(5000)) === undefined) {
      throw new JobbenchError('TIMEOUT', `redis-server (process ${handle.pid}) is still there 5 s after SIGKILL`);
    }
  }
  running.delete(socket);
  await rm(handle.dir, { recursive: true, force: true });
}

/** The process of a server that this process started. @throws RangeError when it started none there */
export function redisPid(socket: string): number {
  return handleOf(socket).pid;
}

/**
 * Starts a server again that was killed, with the same arguments, on the files that it left.
 * @throws JobbenchError ENVIRONMENT when it does not start, TIMEOUT when the old one does not end or the new one does not answer
 */
export async function restartRedis(socket: string, timeoutMs = 10_000): Promise<void> {
  const before = handleOf(socket);
  if ((await within(before.exited, timeoutMs)) === undefined) {
    throw new JobbenchError('TIMEOUT', `waited ${timeoutMs} ms for redis-server (process ${before.pid}) to end`);
  }
  await rm(socket, { force: true });
  const handle = await launch(before.dir, socket, before.persistence);
  running.set(socket, handle);
  await ready(handle, timeoutMs);
}

/** Sends one command to a server that this process started. @throws JobbenchError ENVIRONMENT when it refuses */
export async function tellRedis(socket: string, command: string): Promise<string> {
  const answer = await ask(handleOf(socket).socket, command, 2000);
  if (answer.startsWith('-'))
    throw new JobbenchError('ENVIRONMENT', `redis-server refused ${command}: ${answer.trim()}`);
  return answer;
}

function handleOf(socket: string): Handle {
  const handle = running.get(socket);
  if (handle === undefined) throw new RangeError(`no redis-server of this process listens at ${socket}`);
  return handle;
}

async function launch(home: string, socket: string, persistence: Persistence): Promise<Handle> {
  const log = await open(join(home, 'redis.log'), 'a');
  try {
    // The folder stands in the arguments and the title is left alone, so that whoever cleans up after a killed run
    // knows our servers by their command line. A group of its own keeps a terminal's Ctrl-C away from it.
    const child = spawn('redis-server', serverArguments(home, socket, persistence), {
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    });
    const exited = new Promise<string>((done) => {
      child.once('error', (error) => done(error.message));
      child.once('exit', (code, by) => done(by === null ? `exit code ${code}` : `signal ${by}`));
    });
    child.unref();
    if (!guarded) process.once('exit', killAll);
    guarded = true;
    return { child, dir: home, socket, persistence, pid: child.pid ?? 0, exited };
  } finally {
    await log.close();
  }
}

function serverArguments(home: string, socket: string, persistence: Persistence): string[] {
  const settings = {
    none: ['--save', '', '--appendonly', 'no'],
    rdb: ['--appendonly', 'no'],
    aof: ['--save', '', '--appendonly', 'yes', '--appendfsync', 'everysec'],
    'aof-always': ['--save', '', '--appendonly', 'yes', '--appendfsync', 'always'],
  } satisfies Record<Persistence, string[]>;
  const access = ['--port', '0', '--unixsocket', socket, '--unixsocketperm', '700', '--dir', home];
  // BullMQ loses jobs when keys are evicted.
  const safety = ['--maxmemory-policy', 'noeviction', '--set-proc-title', 'no', '--daemonize', 'no'];
  return [...access, ...safety, ...settings[persistence]];
}

async function ready(handle: Handle, timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  let answer = 'nothing';
  while (!answer.startsWith('+PONG')) {
    const exit = await within(handle.exited, 0);
    if (exit !== undefined) {
      throw new JobbenchError('ENVIRONMENT', `redis-server ended at once (${exit}): ${await lastLines(handle.dir)}`);
    }
    if (Date.now() > deadline) {
      throw new JobbenchError('TIMEOUT', `waited ${timeoutMs} ms for redis-server to answer PING; it said: ${answer}`);
    }
    // Until the socket exists and the data is loaded this fails, which is what the loop waits out.
    answer = await ask(handle.socket, 'PING', 1000).catch((error: Error) => error.message);
    if (!answer.startsWith('+PONG')) await sleep(5);
  }
}

/** Sends one command and resolves to the first piece of the answer, or '' when the server hangs up. */
function ask(path: string, command: string, timeoutMs: number): Promise<string> {
  return new Promise((answered, failed) => {
    const socket = connect(path, () => socket.write(`${command}\r\n`));
    socket.setTimeout(timeoutMs, () => socket.destroy(new Error(`no answer to ${command} in ${timeoutMs} ms`)));
    socket.once('data', (data) => {
      answered(data.toString());
      socket.destroy();
    });
    socket.once('error', failed);
    socket.once('close', () => answered(''));
  });
}

async function lastLines(home: string): Promise<string> {
  const log = await readFile(join(home, 'redis.log'), 'utf8').catch(() => ''); // without a log there is nothing to add
  const lines = log.trim().split('\n').slice(-5);
  return lines.join(' | ').slice(-1000) || 'its log is empty';
}

function signal(handle: Handle, name: NodeJS.Signals): void {
  if (handle.pid === 0 || handle.child.exitCode !== null || handle.child.signalCode !== null) return;
  try {
    process.kill(-handle.pid, name);
  } catch {
    // It ended between the check and the call.
  }
}

function killAll(): void {
  for (const handle of running.values()) signal(handle, 'SIGKILL');
}
