import { seeded, seedFor } from '../core/random.js';
import type { VirtualDay, VirtualLoad } from '../core/virtual.js';
import { Fleet } from './fleet.js';
import { fleetTotals, phaseColumns } from './report.js';
import { Timers } from './timers.js';
import type { Effect, FleetOptions } from './types.js';

/** So many events between two pauses: a few milliseconds. */
const EVENTS_PER_PAUSE = 20_000;

/** Lives through a load in virtual time: the same state machine as in real time, and nothing but the clock of its events. */
export async function simulateFleet(
  load: VirtualLoad,
  options: FleetOptions,
  seed: number,
  pause: () => Promise<void> = async () => undefined,
): Promise<VirtualDay> {
  const size = load.atMs.length;
  const fleet = new Fleet<number>({ ...options, bodies: 'none' }, seeded(seedFor(seed, 'machines', load.seed)));
  const ends = new Timers<{ readonly machine: number; readonly job: number }>();
  const blank = () => new Float64Array(size).fill(Number.NaN);
  const [startedMs, finishedMs, settledMs] = [blank(), blank(), blank()];
  const starts = new Uint16Array(size);
  const book = phaseColumns(size);
  let now = 0;
  function take(effects: readonly Effect<number>[]): void {
    for (const effect of effects) {
      if (effect.kind === 'run') {
        const { machine, job } = effect;
        startedMs[job] = now;
        starts[job] = (starts[job] ?? 0) + 1;
        ends.push(now + (load.runMs[job] ?? 0), { machine, job });
      } else if (effect.kind === 'completed') {
        finishedMs[effect.job] = now;
        settledMs[effect.job] = now;
        book.add(effect.job, effect.phases);
      } else if (effect.kind === 'dead') settledMs[effect.job] = now;
      else if (effect.kind === 'lingered') book.lingered(effect.job, effect.ms);
    }
  }
  take(fleet.resume(Number.POSITIVE_INFINITY, 0));
  for (let next = 0, events = 1; next < size || fleet.open > 0; events++) {
    const arrival = load.atMs[next] ?? Number.POSITIVE_INFINITY;
    now = Math.min(arrival, ends.nextAt, fleet.nextAt());
    if (fleet.nextAt() <= now) take(fleet.advance(now));
    else if (ends.nextAt <= now) {
      const ended = ends.pop();
      if (ended !== undefined) take(fleet.finished(ended.machine, now));
    } else take(fleet.submit(next++, now, load.attempts > 1 ? load.attempts : undefined));
    if (events % EVENTS_PER_PAUSE === 0) await pause();
  }
  const endMs = Math.max(now, load.untilMs);
  take(fleet.advance(endMs));
  now = endMs;
  const totals = fleet.totals(endMs);
  take(fleet.shutdown(endMs));
  return {
    ...{ startedMs, finishedMs, settledMs, starts, endMs },
    observation: { totals: fleetTotals(totals), spans: {}, columns: book.columns },
    effective: {},
  };
}
