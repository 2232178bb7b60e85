import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Case } from './case.js';
import { counted } from './counted.js';
import { jobOf, withQueue } from './direct.js';
import type { Harm, History, JobHistory, Run } from './history.js';
import { ifStruck } from './struck.js';
import { readSeen } from './witness.js';

const JOBS = 40;
/** Also how many jobs may be on their way to a machine, or on it and not begun: no witness of ours sees those. */
const CONCURRENCY = 4;
const WORK = { kind: 'io', ms: 150 } as const;
const NOT_FOUND = 'no process was found in /proc that had a job in hand and could be killed';
/** So long the word that a job has ended may be on its way from a machine. */
const ANSWER_MS = 250;

/**
 * Processes that the backend started to execute jobs are killed: a machine that dies. Its job may be lost or run again, as
 * the delivery says; those of others may not.
 */
export const machineKilled: Case = {
  name: 'a machine that dies takes along at most the jobs that ran there',
  about: 'delivery',
  waits: 'for leases',
  applies: ({ topology, executes }) => topology === 'embedded' && executes === 'process',
  run: (context) =>
    withQueue(
      context,
      async (direct) => {
        const { traits, level } = context;
        const kills = level === 'full' ? 6 : 2;
        const accepted = new Map<number, number>();
        const harms: Harm[] = [];
        const running = direct.start(CONCURRENCY);
        for (let index = 0; index < JOBS; index++) {
          const attempts = traits.retries && traits.delivery === 'at-least-once' ? { attempts: kills + 2 } : {};
          await direct.producer.enqueue({ ...jobOf(index, WORK), ...attempts });
          accepted.set(index, direct.clock());
        }
        for (let n = 0; n < kills; n++) {
          const ended = direct.settled;
          let victim: ReturnType<typeof stoppedAtWork>;
          let atMs = direct.clock();
          const found = () => {
            atMs = direct.clock();
            if (direct.settled > ended) victim = stoppedAtWork(direct.scratchDir);
            return victim !== undefined || direct.settled >= JOBS;
          };
          await direct.until(found, 'a job to end, and a machine that executes another');
          if (victim === undefined) break;
          const { pid: killed, name } = victim;
          process.kill(killed, 'SIGKILL');
          await direct.until(
            () => !hostsOf(direct.scratchDir).some(({ pid }) => pid === killed),
            'a killed machine to be gone',
          );
          harms.push({ kind: 'kill', process: `case.${name}`, atMs, untilMs: direct.clock(), held: CONCURRENCY });
        }
        await direct.until(() => direct.settled >= JOBS, `all ${JOBS} jobs to be settled, in whatever way`);
        await running.stop();
        await direct.close();
        const seen = readSeen(direct.scratchDir, 'whole name');
        const jobs = [...accepted].map(([index, acceptedMs]): JobHistory => {
          const runs = seen.get(index)?.runs ?? [];
          return { index, acceptedMs, attempts: 1, fails: 0, told: runs.flatMap(toldOf), runs };
        });
        const unexpected = [...seen.keys()].filter((index) => !accepted.has(index)).length;
        const history: History = { jobs, harms, unexpected };
        return ifStruck(counted(history, traits), NOT_FOUND);
      },
      { log: 'durable' },
    ),
};

/** Machines do not keep a log of what they told: what has ended is as good as told a little later. */
function toldOf({ process, finished, ended }: Run): JobHistory['told'] {
  return ended === 'completed' ? [{ process, atMs: finished + ANSWER_MS, outcome: 'completed' }] : [];
}

/**
 * Stops a machine that executes a job; where that was over by then, it goes on. Jobs may end between a look and a kill, and so
 * do machines.
 */
function stoppedAtWork(dir: string): { pid: number; name: string } | undefined {
  const one = hostsOf(dir).find(({ name }) => atWork(dir, name));
  if (one === undefined || !signalled(one.pid, 'SIGSTOP')) return undefined;
  if (atWork(dir, one.name)) return one;
  signalled(one.pid, 'SIGCONT');
  return undefined;
}

function atWork(dir: string, name: string): boolean {
  const all = [...readSeen(dir, 'whole name').values()].flatMap(({ runs }) => runs);
  return all.some(({ process, ended }) => process === `case.${name}` && ended === 'never');
}

/** Whether there was still somebody to tell. */
function signalled(pid: number, name: 'SIGSTOP' | 'SIGCONT'): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

/** Children of this process that execute jobs into that folder, as Linux shows them; none on other systems. */
function hostsOf(dir: string): { pid: number; name: string }[] {
  if (!existsSync('/proc/self/stat')) return [];
  // Whole: a path may be the beginning of another case's, whose machines are not to be killed.
  const folder = `"logDir":${JSON.stringify(dir)}`;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        const name = /"name":"(process\d+)"\}/.exec(line)?.[1];
        const alive = !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
        return alive && name !== undefined && line.includes(folder) ? [{ pid: Number(pid), name }] : [];
      } catch {
        return []; // ended meanwhile
      }
    });
}
