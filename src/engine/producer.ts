import { join } from 'node:path';
import type { Session } from '../core/adapter.js';
import { type RunMs, toWall } from '../core/clock.js';
import type { Load } from '../core/layout.js';
import { logName, type ProcessPlan } from '../core/plan.js';
import { seedFor } from '../core/random.js';
import type { CallTimes } from '../core/timeline.js';
import type { ColumnLog } from '../work/eventlog.js';
import { LOGS } from '../work/handler.js';
import { openLog } from '../work/logs.js';
import { dueAhead, plannedAt } from './arrivals.js';
import { backlogWindow, type SettledCount } from './backlog.js';
import { timeCalls } from './calls.js';
import type { Hiccups } from './hiccups.js';
import { jobMaker } from './jobmaker.js';
import { pace, until } from './pacer.js';
import { type CallError, callError, type PhaseOrder, type PhaseReport, type ProducedRange } from './protocol.js';

const ERRORS_KEPT = 3;
/** Enqueues may resolve without leaving the microtask queue; so often does a closed loop give way to the event loop. */
const YIELD_EVERY_MS = 1;

interface Lanes {
  readonly inFlight: number;
  readonly batch: number;
}

/** The producer role: calls enqueue at the plan's pace and stamps around it. */
export interface Producer {
  produce(order: PhaseOrder & { readonly jobs: Load }): Promise<PhaseReport>;
  readonly ranges: readonly ProducedRange[];
  readonly log: ColumnLog;
}

export function openProducer(
  plan: ProcessPlan & { readonly producer: NonNullable<ProcessPlan['producer']> },
  session: Session,
  clock: () => RunMs,
  settled: SettledCount,
  hiccups?: Hiccups,
): Producer {
  const log = openLog(plan.log ?? 'memory', producedLog(plan));
  const ranges: ProducedRange[] = [];
  const maker = jobMaker(plan);
  let jobAt = maker();
  let made = 0;
  let accepted = 0;
  let errors: CallError[] = [];
  let times: CallTimes | undefined;

  const failed = (error: unknown): number => {
    if (errors.length < ERRORS_KEPT) errors.push(callError(error));
    return clock();
  };

  /** One call: stamp, call, stamp. Nothing stands between the call and its stamps. Resolves to the second stamp. */
  async function one(): Promise<number> {
    const job = jobAt(made++);
    const row = log.append(job.index, clock());
    try {
      await session.enqueue(job);
      const now = clock();
      log.end(row, now, 1);
      accepted++;
      return now;
    } catch (error) {
      return failed(error);
    }
  }

  async function many(size: number): Promise<number> {
    if (session.enqueueMany === undefined) throw new Error('the adapter declares a bulk path but has no enqueueMany');
    const jobs = Array.from({ length: size }, () => jobAt(made++));
    const called = clock();
    const rows = jobs.map((job) => log.append(job.index, called));
    try {
      await session.enqueueMany(jobs);
      const now = clock();
      for (const row of rows) log.end(row, now, 1);
      accepted += size;
      return now;
    } catch (error) {
      return failed(error);
    }
  }

  /**
   * `inFlight` lanes, each calling again as soon as its last call was answered, while `more` grants some.
   * @param more jobs that may be enqueued at this instant; 0 ends the lane
   */
  async function lanes(load: Lanes, more: (now: number) => number | Promise<number>): Promise<void> {
    let yielded: number = clock();
    let giveWay: Promise<void> | undefined;
    /** One turn of the event loop for all lanes together: calls that were made side by side stay so. */
    const turn = () =>
      new Promise<void>((resolve) => {
        setImmediate(() => {
          giveWay = undefined;
          yielded = clock();
          resolve();
        });
      });
    async function lane(): Promise<void> {
      // A lane calls again at the very moment of its last answer, so that one reading of the clock is both stamps.
      let now: number = clock();
      for (;;) {
        let size = more(now);
        if (typeof size !== 'number') {
          size = await size;
          now = clock();
        }
        if (size <= 0) return;
        if (load.batch === 1) {
          const job = jobAt(made++);
          const row = log.append(job.index, now);
          try {
            await session.enqueue(job);
            now = clock();
            log.end(row, now, 1);
            accepted++;
          } catch (error) {
            now = failed(error);
          }
        } else now = await many(Math.min(load.batch, size));
        if (now - yielded > YIELD_EVERY_MS) {
          giveWay ??= turn();
          await giveWay;
          now = clock();
        }
      }
    }
    await Promise.all(Array.from({ length: load.inFlight }, lane));
  }

  async function open(load: Load & { kind: 'open' | 'listed' }, phase: string, startMs: number): Promise<void> {
    const times = plannedAt(load, seedFor(plan.seed, phase, plan.producer.ordinal)).map((at) => at + startMs);
    const aheadMs = load.kind === 'open' ? load.aheadMs : undefined;
    // Counted, not kept: a million promises in a list are a gigabyte that the garbage collector walks again and again.
    let unanswered = 0;
    let allAnswered: () => void = () => undefined;
    const answered = () => {
      if (--unanswered === 0) allAnswered();
    };
    const fire = (k: number) => {
      unanswered++;
      const call = aheadMs === undefined ? one() : later(times[k] as number, aheadMs);
      void call.then(answered); // what an enqueue throws is counted there
    };
    await pace(times, clock, fire, hiccups);
    if (unanswered > 0) {
      await new Promise<void>((resolve) => {
        allAnswered = resolve;
      });
    }
  }

  async function later(arrivalMs: number, aheadMs: number): Promise<number> {
    if (session.enqueueAt === undefined) throw new Error('the adapter declares schedules but has no enqueueAt');
    const job = jobAt(made++);
    const at = toWall(plan.epoch, dueAhead(plan.epoch, arrivalMs, aheadMs));
    const row = log.append(job.index, clock());
    try {
      await session.enqueueAt(job, at);
      const now = clock();
      log.end(row, now, 1);
      accepted++;
      return now;
    } catch (error) {
      return failed(error);
    }
  }

  /** Rows are written after the fact: tinybench keeps the time here, the log only says which jobs there are. */
  async function calls(load: Load & { kind: 'calls' }, phase: string, startMs: RunMs): Promise<void> {
    const from = made;
    times = await timeCalls(load, phase, session, plan.epoch, clock, () => jobAt(made++));
    const now = clock();
    for (let k = from; k < made; k++)
      log.end(log.append(plan.producer.ordinal + k * plan.producer.producers, startMs), now, 1);
    accepted += made - from;
  }

  async function carry(load: Load, phase: string, startMs: RunMs): Promise<void> {
    await until(startMs, clock);
    switch (load.kind) {
      case 'count': {
        const { jobs, maxMs, least = { ms: 0, mostJobs: jobs } } = load;
        const [share, most] = [jobs, least.mostJobs].map((all) => made + Math.ceil(all / plan.producer.producers));
        const goal = (now: number) => Number(now < startMs + least.ms ? most : share) - made;
        return lanes(load, (now) => (now < startMs + maxMs ? goal(now) : 0));
      }
      case 'saturate': {
        const end = startMs + load.durationMs;
        const window = backlogWindow(settled, clock, plan.producer, () => made);
        return lanes(load, (now) => (now < end ? window.room(end) : 0));
      }
      case 'calls':
        return calls(load, phase, startMs);
      case 'open':
      case 'listed':
        return open(load, phase, startMs);
      default:
        return load satisfies never;
    }
  }

  return {
    log,
    ranges,
    async produce({ name, jobs, job, startMs }) {
      jobAt = maker(job);
      const from = made;
      const acceptedBefore = accepted;
      errors = [];
      times = undefined;
      await carry(jobs, name, startMs);
      ranges.push({ phase: name, from, to: made });
      return {
        planned: made - from,
        accepted: accepted - acceptedBefore,
        errors,
        ...(times === undefined ? {} : { calls: times }),
      };
    },
  };
}

/** Where the log of a producer goes. */
export function producedLog(plan: ProcessPlan): string {
  return join(plan.logDir, `${logName(plan)}${LOGS.produced}`);
}
