import { join } from 'node:path';
import type { Session } from '../../core/adapter.js';
import type { RunMs } from '../../core/clock.js';
import type { Load } from '../../core/layout.js';
import { logName, type ProcessPlan } from '../../core/plan.js';
import { seedFor } from '../../core/random.js';
import type { CallTimes } from '../../core/timeline.js';
import type { ColumnLog } from '../../work/eventlog.js';
import { LOGS, openLog } from '../../work/logs.js';
import { plannedAt } from '../arrivals.js';
import type { PhaseOrder, PhaseReport, ProducedRange } from '../protocol.js';
import { backlogWindow, type SettledCount } from './backlog.js';
import type { CallBook } from './callbook.js';
import { timeCalls } from './calls.js';
import type { Hiccups } from './hiccups.js';
import { jobMaker } from './jobmaker.js';
import { openLanes } from './lanes.js';
import { openLoop } from './openloop.js';
import { until } from './pacer.js';

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
  const book: CallBook = { session, clock, log, jobAt: maker(), made: 0, accepted: 0, errors: [] };
  const lanes = openLanes(book);
  let times: CallTimes | undefined;
  /** Whether no other role shares this process. */
  const alone = plan.worker === undefined && plan.web === undefined && plan.threads.length === 0;

  /** Rows are written after the fact: tinybench keeps the time here, the log only says which jobs there are. */
  async function calls(load: Load & { kind: 'calls' }, phase: string, startMs: RunMs): Promise<void> {
    const from = book.made;
    times = await timeCalls(load, phase, session, plan.epoch, clock, () => book.jobAt(book.made++));
    const now = clock();
    for (let k = from; k < book.made; k++)
      log.end(log.append(plan.producer.ordinal + k * plan.producer.producers, startMs), now, 1);
    book.accepted += book.made - from;
  }

  const arrivals = (load: Load & { kind: 'open' | 'listed' }, phase: string, startMs: number) =>
    plannedAt(load, seedFor(plan.seed, phase, plan.producer.ordinal)).map((at) => at + startMs);

  async function carry(load: Load, phase: string, startMs: RunMs): Promise<void> {
    await until(startMs, clock);
    switch (load.kind) {
      case 'count': {
        const { jobs, maxMs, least = { ms: 0, mostJobs: jobs } } = load;
        const [share, most] = [jobs, least.mostJobs].map((all) => book.made + Math.ceil(all / plan.producer.producers));
        const goal = (now: number) => Number(now < startMs + least.ms ? most : share) - book.made;
        return lanes(load, (now) => (now < startMs + maxMs ? goal(now) : 0));
      }
      case 'saturate': {
        const end = startMs + load.durationMs;
        const window = backlogWindow(settled, clock, plan.producer, () => book.made);
        return lanes(load, (now) => (now < end ? window.room(end) : 0));
      }
      case 'calls':
        return calls(load, phase, startMs);
      case 'open':
      case 'listed':
        return openLoop(book, load, arrivals(load, phase, startMs), plan.epoch, { hiccups, alone });
      default:
        return load satisfies never;
    }
  }

  return {
    log,
    ranges,
    async produce({ name, jobs, job, startMs }) {
      book.jobAt = maker(job);
      const { made: from, accepted } = book;
      book.errors = [];
      times = undefined;
      await carry(jobs, name, startMs);
      ranges.push({ phase: name, from, to: book.made });
      return {
        planned: book.made - from,
        accepted: book.accepted - accepted,
        errors: book.errors,
        ...(times === undefined ? {} : { calls: times }),
      };
    },
  };
}

/** Where the log of a producer goes. */
export function producedLog(plan: ProcessPlan): string {
  return join(plan.logDir, `${logName(plan)}${LOGS.produced}`);
}
