import type { Runner } from '../../core/adapter.js';
import type { Job } from '../../core/job.js';
import { type Claimed, claims, type Ended } from './claims.js';
import { gaps } from './gap.js';
import { idleWatch } from './idle.js';
import type { O } from './options.js';
import { byPriority } from './priorities.js';
import type { Statements } from './statements.js';
import { weighted } from './weights.js';
import { isBusy, type Writer } from './writer.js';

/** One turn of the event loop starts jobs for about so long, and claims ahead no more than this much work. */
const TURN_MS = 5;

/**
 * Claims, executes and ends jobs until the runner's signal aborts. The acks of one turn and the next claim share a
 * transaction; a turn takes few milliseconds, so that others on this event loop get theirs.
 */
export function workLoop(file: string, o: O, s: Statements, write: Writer, runner: Runner) {
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
  /** The last claim found all that it wanted, so there is more. */
  let saturated = false;
  let jobMs = TURN_MS;
  let lastCommit = performance.now();
  let finish: () => void = () => undefined;
  let crash: (error: unknown) => void = () => undefined;
  const finished = new Promise<void>((resolve, reject) => {
    finish = resolve;
    crash = reject;
  });
  const idle = idleWatch(s, look, file, queues.names, wake);
  const gap = gaps(s, o.gap);
  const heartbeat = setInterval(keep, o.lease / 3);

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
    const stopping = told();
    if (!stopping) startBuffered();
    const wanted = stopping ? 0 : room();
    if (saturated && !stopping && leavesGap()) return;
    if (ended.length > 0 || (stopping && buffer.length > 0) || (wanted > 0 && hungry && anythingDue())) commit(wanted);
    else if (stopping && (inFlight.size === 0 || state === 'halted')) finish();
    else if (wanted > 0) idle.sleep();
    else if (buffer.length > 0 && inFlight.size < runner.concurrency) schedule();
  }

  /** Others get the lock meanwhile, and this event loop its turns. */
  function leavesGap(): boolean {
    const left = gap.left();
    if (left <= 0) return false;
    scheduled = true;
    setTimeout(turn, Math.ceil(left));
    return true;
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

  /** How many to claim: what free slots can take, and ahead of them only as much as is done in a few milliseconds. */
  function room(): number {
    const free = runner.concurrency - inFlight.size;
    if (free <= 0 || buffer.length > 0) return 0;
    return Math.min(o.claimBatch, Math.max(free, Math.floor(TURN_MS / jobMs)));
  }

  function anythingDue(): boolean {
    const now = Date.now();
    hungry = queues.names.some((queue) => look.anyDue(queue, now));
    return hungry;
  }

  function commit(wanted: number): void {
    const ending = ended;
    const returning = told() ? buffer : [];
    let got: Claimed[] = [];
    let buried: Job[] = [];
    ended = [];
    if (returning.length > 0) buffer = [];
    writing = true;
    const done = () => {
      writing = false;
      gap.ended();
      measure(ending.length);
      for (const { claimed, outcome } of ending) runner.settled(claimed.job.index, outcome);
      for (const job of buried) runner.settled(job.index, 'failed');
      buffer.push(...got);
      if (wanted > 0) {
        hungry = got.length + buried.length > 0;
        saturated = got.length === wanted;
      }
      if (got.length > 0) idle.busy();
      schedule();
    };
    const act = () => {
      const now = Date.now();
      for (const one of ending) settle(one, now);
      for (const one of returning) giveBack(one, now);
      buried = [];
      got = wanted > 0 ? claim(wanted, now, buried) : [];
    };
    const refused = (error: unknown) => {
      if (!isBusy(error)) return crash(error);
      // Another program holds the lock for longer than a write waits. Nothing was written, so all is still to be done.
      writing = false;
      ended = [...ending, ...ended];
      buffer = [...returning, ...buffer];
      schedule();
    };
    try {
      const pending = write.transaction(act);
      if (pending === undefined) done();
      else pending.then(done, refused);
    } catch (error) {
      refused(error);
    }
  }

  function measure(count: number): void {
    const now = performance.now();
    if (count > 0) jobMs = 0.7 * jobMs + (0.3 * (now - lastCommit)) / count;
    lastCommit = now;
  }

  /** A living worker keeps what it holds, however long its jobs take. */
  function keep(): void {
    if (inFlight.size + buffer.length === 0 || o.delivery === 'at-most-once') return;
    const held = [...inFlight, ...buffer];
    const until = Date.now() + o.lease;
    try {
      write
        .transaction(() => {
          for (const one of held) renew(one, until);
        })
        ?.catch(unrenewed);
    } catch (error) {
      unrenewed(error);
    }
  }

  /** Without the lock of the file nobody else can take what we hold either; the next turn of the heart tries again. */
  function unrenewed(error: unknown): void {
    if (!isBusy(error)) crash(error);
  }

  function close(): void {
    state = 'over';
    clearInterval(heartbeat);
    idle.close();
  }
  finished.then(close, close);
  runner.signal.addEventListener('abort', schedule, { once: true });
  schedule();
  return {
    wake,
    finished,
    /** Writes what has ended, returns what was not started, and leaves what runs to its lease: the database is to be closed. */
    async halt(): Promise<void> {
      if (state === 'taking') state = 'halted';
      schedule();
      await finished;
    },
  };
}
