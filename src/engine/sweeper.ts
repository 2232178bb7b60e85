import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { hideInPlans, removeQueues, takeNotedQueues } from './leftovers.js';

/*
 * Runs beside the coordinator for one purpose: however the coordinator ends (kill -9, out of memory, or well), its end
 * of our standard input closes, and whatever the run started and is still there is killed, the scratch folder removed,
 * and so is each queue that the run had on somebody else's server. `node sweeper.js <scratch folder> remove|keep`
 */
const [, , scratch = '', folder] = process.argv;
const DEADLINE_MS = 10_000;
const AGAIN_MS = 50;

// A terminal's Ctrl-C reaches the whole foreground group, and must not take the sweeper before its work.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.stdin.resume().on('end', async () => {
  if (scratch.includes('jobbench-')) await sweep();
  process.exit(0);
});

/** Until nobody is found twice: a process may have been in the middle of starting another one. */
async function sweep(): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  const queues = takeNotedQueues(scratch);
  for (let quiet = 0; quiet < 2 && Date.now() < deadline; ) {
    const found = users();
    for (const pid of found) kill(pid);
    quiet = found.length === 0 ? quiet + 1 : 0;
    if (folder !== 'keep') remove();
    if (quiet < 2) await sleep(AGAIN_MS);
  }
  hideInPlans(scratch);
  await removeQueues(queues);
}

function remove(): void {
  try {
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  } catch {
    // Somebody who is ending still wrote there: the next round removes it.
  }
}

/**
 * Processes that inherited the run's mark in their environment, and servers of ours, which write their title over their
 * environment but name the folder in it, as do those that they fork (`redis-rdb-bgsave`). A reader who looks into the
 * folder (`tail -f`, `redis-cli`) is neither.
 */
function users(): number[] {
  if (!existsSync('/proc/self/environ')) return usersByPs();
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && pid !== process.pid)
    .filter((pid) => isMarked(read(`/proc/${pid}/environ`)) || isServer(read(`/proc/${pid}/cmdline`)));
}

function isMarked(environment: string): boolean {
  return environment.split('\0').includes(`JOBBENCH_SCRATCH=${scratch}`);
}

function isServer(commandLine: string): boolean {
  return (
    /^(\S*\/)?redis-(server|(rdb|aof|module)-[a-z-]+)[ \0]/.test(commandLine) && commandLine.includes(`${scratch}/`)
  );
}

/** Where there is no /proc, as on macOS: ps shows the environment after the command, of our own processes only. */
function usersByPs(): number[] {
  return execFileSync('ps', ['-A', '-E', '-ww', '-o', 'pid=,command='], { encoding: 'utf8', maxBuffer: 2 ** 26 })
    .split('\n')
    .filter((line) => line.includes(`JOBBENCH_SCRATCH=${scratch}`) || isServer(line.trim().replace(/^\d+\s+/, '')))
    .map((line) => Number.parseInt(line, 10))
    .filter((pid) => pid > 0 && pid !== process.pid);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // ended meanwhile, or somebody else's
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // ended meanwhile
  }
}
