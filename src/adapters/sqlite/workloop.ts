import type { Runner } from '../../core/adapter.js';
import { describeError } from '../../core/errors.js';
import type { Job, Outcome } from '../../core/job.js';
import { idleWatch } from './idle.js';
import type { O } from './options.js';
import type { Row, Statements } from './statements.js';
import { weighted } from './weights.js';
import type { Writer } from './writer.js';

/** One turn of the event loop starts jobs for about so long, and claims ahead no more than this much work. */
const TURN_MS = 5;

interface Claimed {
  readonly id: number;
  /** Fencing token: who holds the lease of this claim may end it, and nobody else. */
  readonly claims: number;
  readonly failures: number;
  readonly job: Job;
}

interface Ended {
  readonly claimed: Claimed;
  readonly outcome: Outcome;
  readonly error?: unknown;
}

/**
 * Claims, executes and ends jobs until the runner's signal aborts. The acks of one turn and the next claim share a
 * transaction; a turn takes few milliseconds, so that others on this event loop get theirs.
 */
export function workLoop(file: string, o: O, s: Statements, write: Writer, runner: Runner) {
  const queues = weighted(o.queues);
  let buffer: Claimed[] = [];
  const inFlight = new Map<number, Claimed>();
  let ended: Ended[] = [];
  let scheduled = false;
  let writing = false;
  let hungry = true;
  let jobMs = TURN_MS;
  let lastCommit = performance.now();
  let finish: () => void = () => undefined;
  let crash: (error: unknown) => void = () => undefined;
  const finished = new Promise<void>((resolve, reject) => {
    finish = resolve;
    crash = reject;
  });
  const idle = idleWatch(s, file, queues.names, wake);
  const heartbeat = setInterval(renew, o.lease / 3);

  function wake(): void {
    hungry = true;
    schedule();
  }

  function schedule(): void {
    if (scheduled || writing) return;
    scheduled = true;
    setImmediate(turn);
  }

  function turn(): void {
    scheduled = false;
    const stopping = runner.signal.aborted;
    if (!stopping) startBuffered();
    const wanted = stopping ? 0 : room();
    if (ended.length > 0 || (stopping && buffer.length > 0) || (wanted > 0 && hungry && anythingDue())) commit(wanted);
    else if (stopping && inFlight.size === 0) finish();
    else if (wanted > 0) idle.sleep();
    else if (buffer.length > 0 && inFlight.size < runner.concurrency) schedule();
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
    inFlight.set(claimed.id, claimed);
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
    inFlight.delete(claimed.id);
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
    hungry = queues.names.some((queue) => s.due.get(queue, now, 1) !== undefined);
    return hungry;
  }

  function commit(wanted: number): void {
    const ending = ended;
    const returning = runner.signal.aborted ? buffer : [];
    let got: Claimed[] = [];
    let buried: Job[] = [];
    ended = [];
    if (returning.length > 0) buffer = [];
    writing = true;
    const done = () => {
      writing = false;
      measure(ending.length);
      for (const { claimed, outcome } of ending) runner.settled(claimed.job.index, outcome);
      for (const job of buried) runner.settled(job.index, 'failed');
      buffer.push(...got);
      if (wanted > 0) hungry = got.length + buried.length > 0;
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
    try {
      const pending = write.transaction(act);
      if (pending === undefined) done();
      else pending.then(done, crash);
    } catch (error) {
      crash(error);
    }
  }

  function measure(count: number): void {
    const now = performance.now();
    if (count > 0) jobMs = 0.7 * jobMs + (0.3 * (now - lastCommit)) / count;
    lastCommit = now;
  }

  /** @param buried gets the jobs that are given up instead */
  function claim(wanted: number, now: number, buried: Job[]): Claimed[] {
    const got: Claimed[] = [];
    for (const queue of queues.turn()) {
      for (const row of s.due.all(queue, now, wanted - got.length) as Row[]) {
        const job = JSON.parse(row.value) as Job;
        const claimed = { id: row.id, claims: row.claims + 1, failures: row.failures, job };
        if (row.claims - row.failures > o.redeliveries) {
          bury({ ...claimed, claims: row.claims }, now, 'its workers died');
          buried.push(job);
          continue;
        }
        if (o.delivery === 'at-most-once') s.claim.run(row.id);
        else s.claim.run(now + o.lease, row.id);
        got.push(claimed);
      }
      if (got.length >= wanted) break;
    }
    return got;
  }

  function settle({ claimed, outcome, error }: Ended, now: number): void {
    const { id, claims, failures, job } = claimed;
    if (outcome === 'failed') bury(claimed, now, describeError(error));
    else if (outcome === 'retrying') {
      const at = now + o.backoff * 2 ** failures;
      if (o.delivery === 'at-most-once') s.reinsert.run(job.queue, at, failures + 1, JSON.stringify(job), now);
      else s.retry.run(at, id, claims);
    } else if (o.delivery === 'at-least-once') s.ack.run(id, claims);
  }

  /** Only what this claim still holds: a job whose lease has lapsed is somebody else's. */
  function bury({ id, claims, job }: Claimed, now: number, error: string): void {
    if (s.ack.run(id, claims).changes === 0 && o.delivery === 'at-least-once') return;
    s.bury.run(id, job.queue, JSON.stringify(job), error, now);
  }

  function giveBack({ id, claims, failures, job }: Claimed, now: number): void {
    if (o.delivery === 'at-most-once') s.reinsert.run(job.queue, now, failures, JSON.stringify(job), now);
    else s.giveBack.run(now, id, claims);
  }

  /** A living worker keeps what it holds, however long its jobs take. */
  function renew(): void {
    if (inFlight.size + buffer.length === 0 || o.delivery === 'at-most-once') return;
    const held = [...inFlight.values(), ...buffer];
    const until = Date.now() + o.lease;
    try {
      write
        .transaction(() => {
          for (const { id, claims } of held) s.renew.run(until, id, claims);
        })
        ?.catch(crash);
    } catch (error) {
      crash(error);
    }
  }

  function close(): void {
    clearInterval(heartbeat);
    idle.close();
  }
  finished.then(close, close);
  runner.signal.addEventListener('abort', schedule, { once: true });
  schedule();
  return { wake, finished };
}
