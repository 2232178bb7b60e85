import type { Trial } from '../core/result.js';
import type { Reading, Timeline } from '../core/timeline.js';

const SERIES_MS = 100;
/** Longer trials have longer intervals: a day in tenths of a second is nothing that anybody reads. */
const MOST_INTERVALS = 100_000;

/** How the trial went, counted from the merged logs afterwards: nothing of it is measured while the clock runs. */
export function seriesOf(timeline: Timeline): Trial['series'] {
  const { startMs, endMs } = spanOf(timeline);
  const intervalMs = intervalFor(endMs - startMs);
  const length = Math.max(0, Math.ceil((endMs - startMs) / intervalMs));
  const place = (at: number) => Math.floor((at - startMs) / intervalMs);
  const counted = (columns: readonly ArrayLike<number>[]) => {
    const counts = new Array<number>(length).fill(0);
    for (const column of columns) {
      for (let i = 0; i < column.length; i++) {
        const at = place(column[i] as number); // inside; NaN = did not happen, and has no place
        if (at >= 0 && at < length) counts[at] = (counts[at] as number) + 1;
      }
    }
    return counts;
  };
  const settled = counted([timeline.settled]);
  const answered = counted(timeline.requests.map(({ finished }) => finished));
  const named = (values: number[]) => ({ intervalMs, values });
  return {
    settled: named(settled),
    backlog: named(waiting(counted([timeline.accepted]), settled)),
    ...(timeline.requests.length > 0 && { answered: named(answered) }),
    ...lateness(timeline, place, length, named),
    ...(timeline.memory && known(timeline.memory, 'memory', 'latest', place, length, named)),
    ...known(
      timeline.usage.flatMap(({ loop }) => loop ?? []),
      'loopDelay',
      'worst',
      place,
      length,
      named,
    ),
  };
}

/** What was read now and then: an interval without a reading has that of the one before. Nothing where nothing was read. */
function known(
  readings: readonly Reading[],
  name: string,
  kept: 'latest' | 'worst',
  place: (at: number) => number,
  length: number,
  named: (values: number[]) => Trial['series'][string],
): Trial['series'] {
  const values = new Array<number>(length);
  for (const { atMs, value } of readings) {
    const at = place(atMs);
    if (at < 0 || at >= length) continue;
    values[at] = kept === 'latest' ? value : Math.max(values[at] ?? 0, value);
  }
  const first = values.find((value) => value !== undefined);
  if (first === undefined) return {};
  let last = first;
  return {
    [name]: named(
      Array.from(values, (value) => {
        last = value ?? last;
        return Math.round(last * 1000) / 1000;
      }),
    ),
  };
}

/** The stretches of a trial, on the clock of its series. */
export function phasesOf(timeline: Timeline): NonNullable<Trial['phases']> {
  const { startMs } = spanOf(timeline);
  return timeline.phases.map((phase) => ({
    name: phase.name,
    startMs: phase.startMs - startMs,
    endMs: phase.endMs - startMs,
  }));
}

function intervalFor(lengthMs: number): number {
  if (lengthMs <= MOST_INTERVALS * SERIES_MS) return SERIES_MS;
  return [60_000, 3_600_000].find((ms) => lengthMs <= 2000 * ms) ?? 86_400_000;
}

function spanOf({ phases }: Timeline): { startMs: number; endMs: number } {
  return { startMs: phases[0]?.startMs ?? 0, endMs: phases.at(-1)?.endMs ?? 0 };
}

/** At the end of each interval. A job may settle before its enqueue returns: a stretch below 0 is what was seen. */
function waiting(accepted: readonly number[], settled: readonly number[]): number[] {
  let now = 0;
  return accepted.map((came, at) => {
    now += came - (settled[at] ?? 0);
    return now;
  });
}

/** How late the latest job of each interval was sent; nothing where no job had a time at which to be sent. */
function lateness(
  { due, called }: Timeline,
  place: (at: number) => number,
  length: number,
  named: (values: number[]) => Trial['series'][string],
): Trial['series'] {
  const worst = new Array<number>(length).fill(0);
  let late = false;
  for (let i = 0; i < due.length; i++) {
    const ms = (called[i] as number) - (due[i] as number); // both columns have a row for each job
    const at = place(called[i] as number);
    if (!(ms > 0) || at < 0 || at >= length) continue;
    late = true;
    worst[at] = Math.max(worst[at] as number, Math.round(ms * 1000) / 1000);
  }
  return late ? { lag: named(worst) } : {};
}
