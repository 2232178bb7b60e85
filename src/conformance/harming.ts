import type { RunMs } from '../core/clock.js';
import type { Load } from '../core/layout.js';
import { logName } from '../core/plan.js';
import type { Processes } from '../engine/processes.js';
import { switchWork } from '../engine/switchwork.js';
import { workerName } from './cast.js';
import type { Harm } from './history.js';

/** No lease lapses while its holder is looked at; where the machine was busy with other things meanwhile, it may have. */
const BLINK_MS = 50;

/** What is done to the processes of an arena, each harm noted with the time and whose hands it struck. */
export interface Harming {
  readonly harms: readonly Harm[];
  isDead(role: string): boolean;
  /** As the witness knows a worker in its present life. */
  handsOf(worker: number): string;
  /** Lets producer processes enqueue; resolves when they have, or were killed. */
  produce(load: Load): Promise<void>;
  start(worker: number): Promise<void>;
  /** SIGTERM, as by a deployment; resolves when what ran has ended. */
  stop(worker: number): Promise<void>;
  kill(role: `${'worker' | 'producer'}-${number}`): Promise<void>;
  /**
   * Stops a worker for a moment, so that nothing changes while it is looked at, and kills it where what it holds is worth it.
   * @returns whether it was killed; otherwise it goes on
   */
  killIf(worker: number, worth: () => boolean): Promise<boolean>;
  revive(worker: number): Promise<void>;
  freeze(worker: number): void;
  thaw(worker: number): void;
  thawAll(): void;
  /** Notes harm that was done to something else than a process of ours. */
  note(harm: Harm): void;
}

export interface Struck {
  readonly processes: Processes;
  readonly producers: readonly string[];
  /** Jobs that a worker may have in its hands. */
  readonly held: number;
  readonly timeoutMs: number;
  clock(): RunMs;
  /** A process is gone: the next of its name counts from 0. */
  buried(role: string): void;
}

export function harming({ processes, producers, held, timeoutMs, clock, buried }: Struck): Harming {
  const harms: Harm[] = [];
  const lives = new Map<string, number>();
  const dead = new Set<string>();
  const asleep = new Map<number, number>();
  // Who only enqueues has no job in its hands.
  const most = (name: string) => (producers.includes(name) ? 0 : held);
  const nameOf = (name: string) => logName({ name, life: lives.get(name) ?? 0 });
  const hands = (name: string) => ({ process: nameOf(name), held: most(name) });
  const switched = (n: number, to: 'on' | 'off') => switchWork(processes, workerName(n), to, timeoutMs);
  const pid = (n: number) => processes.pids.get(workerName(n)) ?? 0;
  /** With all that it has started. */
  const signal = (n: number, name: 'SIGSTOP' | 'SIGCONT') => process.kill(-pid(n), name);

  async function kill(role: string, atMs = clock()): Promise<void> {
    dead.add(role);
    await processes.kill(role);
    harms.push({ kind: 'kill', ...hands(role), atMs, untilMs: clock() });
    buried(role);
  }

  function thaw(n: number): void {
    const atMs = asleep.get(n);
    if (atMs === undefined) return;
    asleep.delete(n);
    const untilMs = clock();
    signal(n, 'SIGCONT');
    harms.push({ kind: 'freeze', ...hands(workerName(n)), atMs, untilMs });
  }

  return {
    harms,
    isDead: (role) => dead.has(role),
    handsOf: (n) => nameOf(workerName(n)),
    async produce(jobs) {
      const order = { name: 'all', startMs: clock(), jobs };
      const limitMs = timeoutMs + (jobs.kind === 'count' ? jobs.maxMs : jobs.durationMs);
      const each = producers.map(async (name) => {
        try {
          await processes.ask(name, 'phase', order, limitMs);
        } catch (error) {
          if (!dead.has(name)) throw error;
        }
      });
      await Promise.all(each);
    },
    start: async (n) => void (await switched(n, 'on')),
    async stop(n) {
      const atMs = clock();
      process.kill(pid(n), 'SIGTERM');
      await switched(n, 'off'); // resolves when what ran has ended
      harms.push({ kind: 'stop', ...hands(workerName(n)), atMs, untilMs: clock() });
    },
    kill: (role) => kill(role),
    async killIf(n, worth) {
      const atMs = clock();
      signal(n, 'SIGSTOP');
      let killed = false;
      try {
        killed = worth();
      } finally {
        if (!killed) signal(n, 'SIGCONT');
      }
      if (killed) await kill(workerName(n), atMs);
      else if (clock() - atMs > BLINK_MS)
        harms.push({ kind: 'freeze', ...hands(workerName(n)), atMs, untilMs: clock() });
      return killed;
    },
    async revive(n) {
      const name = workerName(n);
      await processes.revive(name);
      lives.set(name, (lives.get(name) ?? 0) + 1);
      dead.delete(name);
      await switched(n, 'on');
    },
    freeze(n) {
      signal(n, 'SIGSTOP');
      asleep.set(n, clock());
    },
    thaw,
    thawAll() {
      for (const n of [...asleep.keys()]) thaw(n);
    },
    note: (harm) => void harms.push(harm),
  };
}
