import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codeOf } from '../core/errors.js';

/** A run that others on this machine can see while it lasts. */
export interface Registration {
  /** Process ids of other runs at this moment. */
  others(): number[];
  release(): void;
}

const NAME = 'jobbench-run-';

/**
 * Makes this run visible to other runs on the machine, because two at once spoil each other's numbers. On Linux by
 * an abstract socket, which vanishes with the process however it ends; elsewhere by a file in the temporary folder.
 */
export function registerRun(): Registration {
  return process.platform === 'linux' ? bySocket(process.pid) : byFile(tmpdir(), process.pid);
}

/** Nobody connects to the socket: its name in /proc/net/unix is the message. */
export function bySocket(pid: number): Registration {
  const server = createServer((socket) => socket.destroy());
  // Registering twice in one process, or a kernel without such sockets: then this run is seen once, or not at all.
  server.on('error', () => undefined);
  server.listen(`\0${NAME}${pid}`);
  server.unref();
  return {
    others: () => [...new Set(socketPids())].filter((other) => other !== pid),
    release: () => void server.close(() => undefined),
  };
}

function socketPids(): number[] {
  try {
    const table = readFileSync('/proc/net/unix', 'utf8');
    return [...table.matchAll(new RegExp(`@${NAME}(\\d+)`, 'g'))].map((match) => Number(match[1]));
  } catch {
    return []; // no /proc: nobody can be seen
  }
}

/** A file per run; those of processes that are gone are removed by whoever looks. */
export function byFile(dir: string, pid: number): Registration {
  const own = join(dir, `${NAME}${pid}`);
  const release = () => {
    process.off('exit', release);
    rmSync(own, { force: true });
  };
  rmSync(own, { force: true }); // left by an earlier process of the same id
  writeFileSync(own, '', { flag: 'wx' });
  process.on('exit', release);
  return { others: () => filePids(dir).filter((other) => other !== pid), release };
}

function filePids(dir: string): number[] {
  const pids: number[] = [];
  for (const file of readdirSync(dir)) {
    const pid = file.startsWith(NAME) ? Number(file.slice(NAME.length)) : Number.NaN;
    if (!Number.isInteger(pid) || pid <= 0) continue;
    if (isAlive(pid)) pids.push(pid);
    else removeIfOurs(join(dir, file));
  }
  return pids;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM'; // alive, and somebody else's
  }
}

function removeIfOurs(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Another user's leftover: only they may remove it, and it harms nobody.
  }
}
