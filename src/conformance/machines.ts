import { readdirSync, readFileSync } from 'node:fs';
import { seeded, seedFor } from '../core/random.js';
import type { Case } from './case.js';
import { counted } from './counted.js';
import { jobOf, withQueue } from './direct.js';
import type { Harm, History } from './history.js';
import { readSeen } from './witness.js';

const JOBS = 40;
const WORK = { kind: 'io', ms: 150 } as const;

/**
 * Processes that the backend started to execute jobs are killed: a machine that dies. Its job may be lost or run again, as
 * the delivery says; those of others may not.
 */
export const machineKilled: Case = {
  name: 'a machine that dies takes along at most the jobs that ran there',
  about: 'delivery',
  waits: true,
  applies: ({ topology, executes }) => topology === 'embedded' && executes === 'process',
  run: (context) =>
    withQueue(
      context,
      async (direct) => {
        const { traits, level, seed } = context;
        const kills = level === 'full' ? 6 : 2;
        const random = seeded(seedFor(seed, 'machine killed'));
        const accepted = new Map<number, number>();
        const harms: Harm[] = [];
        const running = direct.start(4);
        for (let index = 0; index < JOBS; index++) {
          const attempts = traits.retries && traits.delivery === 'at-least-once' ? { attempts: kills + 2 } : {};
          await direct.producer.enqueue({ ...jobOf(index, WORK), ...attempts });
          accepted.set(index, direct.clock());
        }
        for (let n = 0; n < kills; n++) {
          const ended = direct.settled;
          await direct.until(
            () => direct.settled > ended && hostsOf(direct.scratchDir).length > 0,
            'a machine that has done a job',
          );
          const hosts = hostsOf(direct.scratchDir);
          const victim = hosts[Math.floor(random() * hosts.length)];
          if (victim === undefined) continue;
          const atMs = direct.clock();
          process.kill(victim.pid, 'SIGKILL');
          await direct.until(
            () => !hostsOf(direct.scratchDir).some(({ pid }) => pid === victim.pid),
            'a killed machine to be gone',
          );
          harms.push({ kind: 'kill', process: `case.${victim.name}`, atMs, untilMs: direct.clock(), held: 1 });
        }
        await direct.until(() => direct.settled >= JOBS, `all ${JOBS} jobs to be settled, in whatever way`);
        await running.stop();
        await direct.close();
        const seen = readSeen(direct.scratchDir, 'whole name');
        const jobs = [...accepted].map(([index, acceptedMs]) => ({
          ...{ index, acceptedMs, attempts: 1, fails: 0, told: [] },
          runs: seen.get(index)?.runs ?? [],
        }));
        const unexpected = [...seen.keys()].filter((index) => !accepted.has(index)).length;
        const history: History = { jobs, harms, unexpected };
        return counted(history, traits);
      },
      { log: 'durable' },
    ),
};

/** Children of this process that execute jobs into that folder, as Linux shows them. */
function hostsOf(dir: string): { pid: number; name: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        const name = /"name":"(process\d+)"\}/.exec(line)?.[1];
        const alive = !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
        return alive && name !== undefined && line.includes(dir) ? [{ pid: Number(pid), name }] : [];
      } catch {
        return []; // ended meanwhile
      }
    });
}
