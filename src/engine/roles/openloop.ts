import { type Epoch, toWall } from '../../core/clock.js';
import type { Load } from '../../core/layout.js';
import { dueAhead } from '../arrivals.js';
import { type CallBook, refused } from './callbook.js';
import { type Pacing, pace } from './pacer.js';

export interface Alone extends Pick<Pacing, 'hiccups'> {
  readonly alone: boolean;
}

/**
 * The open loop: a call at each of its times, whatever became of the ones before. Resolves when all were answered.
 * @param times ascending instants of the run clock, ms
 * @param alone whether nothing but these calls needs this event loop
 */
export async function openLoop(
  book: CallBook,
  load: Load & { kind: 'open' | 'listed' },
  times: Float64Array,
  epoch: Epoch,
  { hiccups, alone }: Alone,
): Promise<void> {
  const aheadMs = load.kind === 'open' ? load.aheadMs : undefined;
  // Counted, not kept: a million promises in a list are a gigabyte that the garbage collector walks again and again.
  let unanswered = 0;
  let allAnswered: () => void = () => undefined;
  const answered = () => {
    if (--unanswered === 0) allAnswered();
  };
  const fire = (k: number) => {
    unanswered++;
    const call = aheadMs === undefined ? one(book) : later(book, times[k] as number, aheadMs, epoch); // pace counts them
    void call.then(answered); // what an enqueue throws is counted there
  };
  await pace(times, book.clock, fire, { hiccups, quiet: alone ? () => unanswered === 0 : undefined });
  if (unanswered > 0) {
    await new Promise<void>((resolve) => {
      allAnswered = resolve;
    });
  }
}

/** One call: stamp, call, stamp. Nothing stands between the call and its stamps. */
async function one(book: CallBook): Promise<void> {
  const { session, clock, log } = book;
  const job = book.jobAt(book.made++);
  const row = log.append(job.index, clock());
  try {
    await session.enqueue(job);
    log.end(row, clock(), 1);
    book.accepted++;
  } catch (error) {
    refused(book, error);
  }
}

async function later(book: CallBook, arrivalMs: number, aheadMs: number, epoch: Epoch): Promise<void> {
  const { session, clock, log } = book;
  if (session.enqueueAt === undefined) throw new Error('the adapter declares schedules but has no enqueueAt');
  const job = book.jobAt(book.made++);
  const at = toWall(epoch, dueAhead(epoch, arrivalMs, aheadMs));
  const row = log.append(job.index, clock());
  try {
    await session.enqueueAt(job, at);
    log.end(row, clock(), 1);
    book.accepted++;
  } catch (error) {
    refused(book, error);
  }
}
