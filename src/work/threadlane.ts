import type { Job } from '../core/job.js';

/**
 * What a pool and one of its threads share: a few words of memory in which each job is claimed before it is started.
 * Messages carry the jobs; the lane says how far the thread has come. So the pool knows, even when the thread died in
 * the middle of a batch, which job was running, which are done and how, and which can be given to another thread; and
 * it can take back jobs that are already sent, without the thread's cooperation.
 *
 * Jobs of a lane are numbered in the order in which they are sent; both sides count for themselves. Numbers wrap at
 * 2^31, so they are compared by equality only.
 */
export function laneBuffer(): SharedArrayBuffer {
  return new SharedArrayBuffer(WORDS * 4 + SLOTS);
}

/** Jobs between the oldest that the thread has not passed and the newest that was sent. */
const SLOTS = 512;
const MASK = SLOTS - 1;

/** The number that may be started next: the thread claims by raising it, the pool takes back by moving it to the end. */
const START = 0;
/** All before this number are done, or were skipped because they had been taken back. */
const DONE = 1;
/** 1 while a notice to the pool is under way, so that a second one is not sent. */
const TOLD = 2;
/** What a job of the last batch took, in nanoseconds. */
const SERVICE = 3;
const WORDS = 4;

const OK = 1;
const THREW = 2;

/** The pool's side. */
export interface LaneSender {
  /** Jobs that are with the thread: started or not, but not yet collected. */
  readonly held: number;
  /** How many more may be sent now. */
  readonly room: number;
  /** What a job of the last finished batch took, in ms; 0 before the first. */
  readonly serviceMs: number;
  /** Counts a job as sent. Must come before the message that carries it. */
  send(job: Job): void;
  /** Hands over each job that ended since the last call; returns how many. */
  collect(ended: (job: Job, outcome: 'completed' | 'failed') => void): number;
  /** Takes back what is not started. The thread will skip it. */
  recall(): Job[];
  /** After the death of the thread, `collect` and `recall`: the job that was running, if any. */
  abandon(): Job | undefined;
  /** A notice arrived: the next one is wanted again. */
  heard(): void;
}

export function laneSender(buffer: SharedArrayBuffer): LaneSender {
  const { words, outcomes } = open(buffer);
  const jobs = new Array<Job | undefined>(SLOTS).fill(undefined);
  let next = 0;
  let seen = 0;
  let held = 0;
  return {
    get held() {
      return held;
    },
    get room() {
      return SLOTS - ((next - seen) | 0);
    },
    get serviceMs() {
      return Atomics.load(words, SERVICE) / 1e6;
    },
    send(job) {
      jobs[next & MASK] = job;
      next = (next + 1) | 0;
      held++;
    },
    collect(ended) {
      const before = held;
      for (const done = Atomics.load(words, DONE); seen !== done; seen = (seen + 1) | 0) {
        const job = jobs[seen & MASK];
        if (job === undefined) continue; // taken back
        jobs[seen & MASK] = undefined;
        held--;
        ended(job, outcomes[seen & MASK] === OK ? 'completed' : 'failed');
      }
      return before - held;
    },
    recall() {
      const back: Job[] = [];
      for (let at = Atomics.exchange(words, START, next); at !== next; at = (at + 1) | 0) {
        const job = jobs[at & MASK];
        if (job === undefined) continue; // taken back before
        jobs[at & MASK] = undefined;
        back.push(job);
      }
      held -= back.length;
      return back;
    },
    abandon() {
      const job = jobs[seen & MASK];
      if (job !== undefined) held--;
      jobs[seen & MASK] = undefined;
      return job;
    },
    heard: () => Atomics.store(words, TOLD, 0),
  };
}

/** The thread's side. For each job, in the order of sending: `claim`, and if it says so, work; then `done`. */
export interface LaneReceiver {
  /** Whether the next job is ours to start. If not, it has been taken back. */
  claim(): boolean;
  done(outcome: 'ok' | 'threw' | 'skipped'): void;
  /** Notes what a job took, and whether the pool must be told now that there is something to collect. */
  mustTell(serviceMs: number): boolean;
}

export function laneReceiver(buffer: SharedArrayBuffer): LaneReceiver {
  const { words, outcomes } = open(buffer);
  let at = 0;
  return {
    claim: () => Atomics.compareExchange(words, START, at, (at + 1) | 0) === at,
    done(outcome) {
      outcomes[at & MASK] = outcome === 'ok' ? OK : THREW;
      at = (at + 1) | 0;
      Atomics.store(words, DONE, at); // after the outcome: who sees the number sees the outcome too
    },
    mustTell(serviceMs) {
      Atomics.store(words, SERVICE, Math.max(1, Math.min(serviceMs * 1e6, 2 ** 31 - 1)));
      return Atomics.exchange(words, TOLD, 1) === 0;
    },
  };
}

function open(buffer: SharedArrayBuffer): { words: Int32Array; outcomes: Uint8Array } {
  return { words: new Int32Array(buffer, 0, WORDS), outcomes: new Uint8Array(buffer, WORDS * 4, SLOTS) };
}
