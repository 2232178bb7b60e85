import type { Runner } from '../../core/adapter.js';
import type { Job } from '../../core/job.js';
import { type Claimed, claims, type Ended } from './claims.js';
import type { GroupCommit, Ride } from './group.js';
import { heartbeat } from './heartbeat.js';
import { idleWatch } from './idle.js';
import type { O } from './options.js';
import { pace, TURN_MS } from './pace.js';
import { byPriority } from './priorities.js';
import { scarcity } from './scarcity.js';
import type { Statements } from './statements.js';
import { weighted } from './weights.js';
import { isBusy, isFull, type Writer } from './writer.js';

/**
 * Claims, executes and ends jobs until the runner's signal aborts. The acks of one turn, the next claim and rows that this
 * process is about to enqueue share a transaction; a turn takes few milliseconds, so that others on this event loop get theirs.
 */
export function workLoop(file: string, o: O, s: Statements, write: Writer, take: GroupCommit['take'], runner: Runner) {
  const queues = weighted(o.queues);
  const look = byPriority(s);
  const { claim, settle, giveBack, renew } = claims(o, s, look, queues.turn);
  let buffer: Claimed[] = [];
  // Not by id: a claim that deletes lets the file give its id to another job.
  const inFlight = new Set<Claimed>();
  let ended: Ended[] = [];
  let scheduled = false;
  let state: 'taking' | 'halted' | 'over' = 'taking';
  let writing = false;
  let hungry = true;
  let finish: () => void = () => undefined;
  let crash: (error: unknown) => void = () => undefined;
  const finished = new Promise<void>((resolve, reject) => {
    finish = resolve;
    crash = reject;
  });
  const idle = idleWatch(s, look, file, queues.names, wake);
  const speed = pace(s, o);
  const scarce = scarcity(o.busyTimeout);
  const held = () => [...inFlight, ...buffer, ...ended.map(({ claimed }) => claimed)];
  const endHeartbeat = heartbeat(o, write, renew, held, (error) => crash(error));

  function wake(): void {
    hungry = true;
    schedule();
  }

  function schedule(): void {
    if (scheduled || writing || state === 'over') return;
    scheduled = true;
    setImmediate(turn);
  }

  function turn(): void {
    scheduled = false;
    // A ride has begun to write since this turn was asked for; when that is over there is another turn.
    if (writing) return;
    const stopping = told();
    if (!stopping) startBuffered();
    const wanted = stopping ? 0 : room();
    if (!stopping && leavesGap()) return;
    if (ended.length > 0 || (stopping && buffer.length > 0) || (wanted > 0 && hungry && anythingDue())) commit(wanted);
    else if (stopping && (inFlight.size === 0 || state === 'halted')) finish();
    else if (wanted > 0) idle.sleep();
    else if (buffer.length > 0 && inFlight.size < runner.concurrency) schedule();
  }

  /** Others get the lock meanwhile, and this event loop its turns. */
  function leavesGap(): boolean {
    const left = speed.waitMs();
    if (left > 0) turnIn(left);
    return left > 0;
  }

  function turnIn(ms: number): void {
    scheduled = true;
    setTimeout(turn, Math.ceil(ms));
  }

  /** Writes now instead of at the next turn, if there is anything to write, and takes along rows that wait. */
  function ride(): Ride {
    if (writing || told() || state === 'over' || o.fuse === 'off' || scarce.short() || speed.waitMs() > 0)
      return 'none';
    const wanted = room();
    // Jobs that end as soon as they are started are acked at the next turn.
    if (wanted === 0 && ended.length === 0) return scheduled && inFlight.size < runner.concurrency ? 'soon' : 'none';
    commit(wanted);
    return 'taken';
  }

  function told(): boolean {
    return runner.signal.aborted || state === 'halted';
  }

  function startBuffered(): void {
    const from = performance.now();
    let taken = 0;
    while (taken < buffer.length && inFlight.size < runner.concurrency) {
      start(buffer[taken++] as Claimed); // taken < length
      if (performance.now() - from > TURN_MS) break;
    }
    if (taken > 0) buffer = buffer.slice(taken);
  }

  function start(claimed: Claimed): void {
    inFlight.add(claimed);
    let running: void | Promise<void>;
    try {
      running = runner.handle(claimed.job, claimed.failures + 1);
    } catch (error) {
      end(claimed, error);
      return;
    }
    if (running === undefined) {
      end(claimed);
      return;
    }
    running
      .then(
        () => end(claimed),
        (error: unknown) => end(claimed, error),
      )
      .then(schedule);
  }

  function end(claimed: Claimed, error?: unknown): void {
    inFlight.delete(claimed);
    const more = claimed.failures + 1 < (claimed.job.attempts ?? 1);
    ended.push({ claimed, outcome: error === undefined ? 'completed' : more ? 'retrying' : 'failed', error });
  }

  function room(): number {
    const free = runner.concurrency - inFlight.size;
    if (free <= 0 || buffer.length > 0) return 0;
    return speed.room(free);
  }

  function anythingDue(): boolean {
    const now = Date.now();
    hungry = queues.names.some((queue) => look.anyDue(queue, now));
    return hungry;
  }

  function commit(most: number): void {
    const { ending, later } = scarce.split(ended);
    const wanted = scarce.claimable(most, ending.length);
    const returning = told() ? buffer : [];
    let got: Claimed[] = [];
    let buried: Job[] = [];
    ended = later;
    if (returning.length > 0) buffer = [];
    writing = true;
    // Rows that do not fit must not keep what does.
    const passengers = o.fuse === 'auto' && !scarce.short() ? take() : undefined;
    const done = () => {
      writing = false;
      scarce.committed();
      speed.committed(ending.length, wanted, got.length);
      passengers?.committed();
      for (const { claimed, outcome } of ending) runner.settled(claimed.job.index, outcome);
      for (const job of buried) runner.settled(job.index, 'failed');
      buffer.push(...got);
      if (wanted > 0) hungry = got.length + buried.length > 0;
      if (got.length > 0) idle.busy();
      schedule();
    };
    const act = () => {
      passengers?.insert();
      const now = Date.now();
      for (const one of ending) settle(one, now);
      for (const one of returning) giveBack(one, now);
      buried = [];
      got = wanted > 0 ? claim(wanted, now, buried) : [];
    };
    const refused = (error: unknown) => {
      // Rows of others may be the fault, so they go by themselves, and what is ours is tried again without them.
      if (passengers === undefined && !isBusy(error) && !isFull(error)) return crash(error);
      passengers?.refused();
      // Another program holds the lock for longer than a write waits. Nothing was written, so all is still to be done.
      writing = false;
      ended = [...ending, ...ended];
      buffer = [...returning, ...buffer];
      if (!isFull(error)) return schedule();
      const pauseMs = scarce.refused(told());
      if (pauseMs === 'over') crash(error);
      else turnIn(pauseMs);
    };
    let pending: void | Promise<void>;
    try {
      pending = write.transaction(act);
    } catch (error) {
      refused(error);
      return;
    }
    // What goes wrong from here on is no reason to write the same again: it is committed.
    const over = () => {
      try {
        done();
      } catch (error) {
        crash(error);
      }
    };
    if (pending === undefined) over();
    else pending.then(over, refused);
  }

  function close(): void {
    state = 'over';
    endHeartbeat();
    idle.close();
  }
  finished.then(close, close);
  runner.signal.addEventListener('abort', schedule, { once: true });
  schedule();
  return {
    wake,
    ride,
    finished,
    looks: idle.looks,
    /** Writes what has ended, returns what was not started, and leaves what runs to its lease: the database is to be closed. */
    async halt(): Promise<void> {
      if (state === 'taking') state = 'halted';
      schedule();
      await finished;
    },
  };
}
