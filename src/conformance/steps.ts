import { seeded, seedFor } from '../core/random.js';
import type { Traits } from '../core/traits.js';

/** One step of a history. */
export type Command =
  | { readonly do: 'enqueue'; readonly jobs: number }
  | { readonly do: 'enqueueAt'; readonly aheadMs: number }
  | { readonly do: 'fail'; readonly fails: number; readonly attempts: number }
  | { readonly do: Harmful | 'heal'; readonly worker: number }
  | { readonly do: 'pause'; readonly ms: number };

type Harmful = 'stop' | 'kill' | 'freeze';

/** Workers of a shared queue. */
export const WORKERS = 2;
const STEPS = 14;
/** Where leases are longer no history waits for one to lapse; no history waits for more than so many. */
const LEASE_MS = 5_000;
const MOST_LAPSES = 2;
/** Beyond the time in which another worker has taken over. */
const SLACK_MS = 200;

/**
 * The steps of the history of a seed: the same seed, the same steps. Harm is done only where there is somebody to do it to:
 * to the workers of a shared queue, of which one at least is killed or frozen; most that are frozen sleep past their leases,
 * where those are short. At the end everybody is healed.
 */
export function historyOf(seed: number, traits: Traits, steps = STEPS): Command[] {
  const random = seeded(seedFor(seed, 'history'));
  const whole = (most: number) => Math.floor(random() * most);
  const shared = traits.topology === 'shared';
  const down = new Set<number>();
  let lapses = 0;
  const commands: Command[] = [{ do: 'enqueue', jobs: 5 }];
  for (let n = 0; n < steps; n++) {
    const dice = random();
    const worker = whole(shared ? WORKERS : 1);
    if (dice < 0.3) commands.push({ do: 'enqueue', jobs: 1 + whole(8) });
    else if (dice < 0.4 && traits.schedules) commands.push({ do: 'enqueueAt', aheadMs: whole(120) });
    else if (dice < 0.5 && traits.retries) commands.push({ do: 'fail', fails: 1 + whole(3), attempts: 2 + whole(2) });
    else if (dice < 0.65) commands.push({ do: 'pause', ms: 5 + whole(60) });
    else if (down.delete(worker)) {
      // Most that come back find others at work, whose jobs they must leave alone.
      if (shared && random() < 0.7) commands.push({ do: 'enqueue', jobs: 3 });
      commands.push({ do: 'heal', worker });
    } else {
      const harm = shared ? HARMS[whole(HARMS.length)] : 'stop';
      if (harm === undefined) continue;
      // Most that are harmed have something to do; an idle worker may be harmed, too.
      if (harm !== 'stop' && random() < 0.7) commands.push({ do: 'enqueue', jobs: 3 });
      commands.push({ do: harm, worker });
      down.add(worker);
      const ms = harm === 'freeze' && lapses < MOST_LAPSES && random() < 0.6 ? lapseMs(traits) : undefined;
      if (ms === undefined) continue;
      lapses++;
      commands.push({ do: 'enqueue', jobs: 2 }, { do: 'pause', ms });
    }
  }
  const struck = commands.some((command) => command.do === 'kill' || command.do === 'freeze');
  if (shared && !struck)
    commands.push({ do: 'heal', worker: 0 }, { do: 'enqueue', jobs: 5 }, { do: 'kill', worker: 0 });
  return healed(commands);
}

/** How long a worker must be frozen for others to take its jobs over; undefined where that takes too long, or never happens. */
export function lapseMs({ delivery, recoveryMs }: Traits): number | undefined {
  if (delivery === 'at-most-once' || recoveryMs === undefined || recoveryMs > LEASE_MS) return undefined;
  return recoveryMs + SLACK_MS;
}

const HARMS: readonly Harmful[] = ['stop', 'kill', 'freeze'];

/** Without the steps that harm whom is harmed, or heal whom is not, and with everybody healed at the end. */
function healed(commands: readonly Command[]): Command[] {
  const down = new Set<number>();
  const sensible = commands.filter((command) => {
    if (command.do === 'heal') return down.delete(command.worker);
    if (command.do !== 'stop' && command.do !== 'kill' && command.do !== 'freeze') return true;
    return !down.has(command.worker) && down.add(command.worker);
  });
  return [...sensible, ...[...down].map((worker) => ({ do: 'heal', worker }) as const)];
}

/**
 * Leaves out steps, many at a time and then one by one, as long as what is left still breaks a promise.
 * @param goOn whether there is time for another try: each plays a history
 */
export async function fewest(
  commands: readonly Command[],
  breaks: (fewer: readonly Command[]) => Promise<boolean>,
  goOn: () => boolean,
): Promise<readonly Command[]> {
  let kept = commands;
  for (let many = kept.length / 2; many >= 0.5; many /= 2) {
    const size = Math.ceil(many);
    for (let at = 0; at < kept.length && goOn(); ) {
      const fewer = healed([...kept.slice(0, at), ...kept.slice(at + size)]);
      if (fewer.length < kept.length && (await breaks(fewer))) kept = fewer;
      else at += size;
    }
  }
  return kept;
}

/** `enqueue 5, kill worker 1, heal worker 1` */
export function told(commands: readonly Command[]): string {
  return commands.map(wordsOf).join(', ');
}

function wordsOf(command: Command): string {
  switch (command.do) {
    case 'enqueue':
      return `enqueue ${command.jobs}`;
    case 'enqueueAt':
      return `enqueue 1 in ${command.aheadMs} ms`;
    case 'fail':
      return `enqueue 1 that fails ${command.fails} times and may be tried ${command.attempts} times`;
    case 'pause':
      return `pause ${command.ms} ms`;
    default:
      return `${command.do} worker ${command.worker}`;
  }
}
