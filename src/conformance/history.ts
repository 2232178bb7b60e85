import type { Outcome } from '../core/job.js';

/** One execution of a job, as the process that executed it saw it. */
export interface Run {
  /** Whose log has it: a role in one of its lives. */
  readonly process: string;
  readonly started: number;
  /** NaN = it never ended. */
  readonly finished: number;
  readonly ended: 'completed' | 'threw' | 'never';
}

/** What a process told us that the backend had been told. */
export interface Told {
  readonly process: string;
  readonly atMs: number;
  readonly outcome: Outcome;
}

/** All that is known of one job. Times are on the run clock. */
export interface JobHistory {
  readonly index: number;
  /** When enqueue resolved; undefined when it was refused, or nobody lived to see the answer. */
  readonly acceptedMs: number | undefined;
  /** When it was scheduled for, where it was. */
  readonly dueMs?: number;
  /** Total tries it may have. */
  readonly attempts: number;
  /** How many of its attempts throw. */
  readonly fails: number;
  readonly runs: readonly Run[];
  readonly told: readonly Told[];
}

/** Something that was done to a process, to the server or to the way there. */
export interface Harm {
  /**
   * kill: SIGKILL. freeze: SIGSTOP and SIGCONT. stop: asked to stop. server: the server was killed and started again. cut:
   * the network was. clock: the wall clock of a process is wrong.
   */
  readonly kind: 'kill' | 'freeze' | 'stop' | 'server' | 'cut' | 'clock';
  /** In whose hands jobs are struck; all processes when absent. */
  readonly process?: string;
  readonly atMs: number;
  /** Dead, awake or back for sure. */
  readonly untilMs: number;
  /** Jobs that the process may have claimed and not begun: no witness of ours sees those. */
  readonly held: number;
}

/** What was done in a trial, and what became of every job. */
export interface History {
  readonly jobs: readonly JobHistory[];
  readonly harms: readonly Harm[];
  /** Executions of indices that nobody enqueued. */
  readonly unexpected: number;
}

/** When a process had told the outcome of an execution; infinity when it never did. */
export function toldOf(job: JobHistory, run: Run): number {
  const after = job.told.filter(({ process, atMs }) => process === run.process && atMs >= run.started);
  return Math.min(Number.POSITIVE_INFINITY, ...after.map(({ atMs }) => atMs));
}

/**
 * Whether the job was being executed when it was struck: of a process until that was gone, of all of them at the beginning.
 * Stricter than `inFlight`, which also excuses what was over and not yet told.
 */
export function inHand(job: JobHistory, { process, atMs, untilMs }: Harm): boolean {
  return job.runs.some(
    (run) =>
      (process === undefined ? run.started <= atMs : process === run.process && run.started <= untilMs) &&
      !(run.finished < atMs), // NaN = it never ended
  );
}

/** Whether the job was in the hands of what was struck: begun before the harm was over, and not told of before it began. */
export function inFlight(job: JobHistory, harm: Harm): boolean {
  return job.runs.some(
    (run) =>
      (harm.process === undefined || harm.process === run.process) &&
      run.started <= harm.untilMs &&
      toldOf(job, run) >= harm.atMs,
  );
}

/**
 * Whether the harm met the job: it was being executed; or that was over and not told of, and the job was given out again, which
 * shows just as well that the backend had it in the hands of what was struck.
 */
export function isStruck(job: JobHistory, harm: Harm): boolean {
  const { process, atMs } = harm;
  if (inHand(job, harm)) return true;
  const untold = job.runs.some(
    (run) =>
      (process === undefined || process === run.process) &&
      run.ended === 'completed' &&
      run.finished < atMs &&
      toldOf(job, run) >= atMs,
  );
  return untold && job.runs.some(({ started }) => started >= atMs);
}
