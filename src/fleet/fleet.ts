import { Dispatch } from './dispatch.js';
import { Park, type Platform, platform } from './park.js';
import type { Effect, FleetOptions, Totals } from './types.js';

/**
 * Machines that come and go with the jobs, after Fly Machines: a pure state machine over a clock. Events go in with
 * their time, effects come out; nothing in here waits, reads a clock or does anything. Every event first catches up
 * with what was due before it, each at its own due time, so a caller that is late changes nothing but its lateness.
 * An event costs O(log machines). A fleet begins paused: jobs wait.
 */
export class Fleet<J> {
  readonly #park: Park<J>;
  readonly #dispatch: Dispatch<J>;

  /** @param shared where several fleets are of one platform */
  constructor(options: FleetOptions, random: () => number, shared: Platform = platform(options)) {
    this.#park = new Park(options, random, shared);
    this.#dispatch = new Dispatch(options, this.#park);
  }

  /** Jobs that are being executed. */
  get running(): number {
    return this.#dispatch.jobs.running;
  }

  /** Jobs that have not ended. */
  get open(): number {
    return this.#dispatch.jobs.open;
  }

  /** Machines that have neither stopped nor failed. */
  get machines(): number {
    return this.#park.size;
  }

  /** When `advance` is needed next; Infinity = not before another event. */
  nextAt(): number {
    return Math.min(this.#park.nextAt(), this.#dispatch.restarts.dueAt);
  }

  /** Lets time pass. */
  advance(at: number): Effect<J>[] {
    return this.#event(at, () => undefined);
  }

  /** Lets machines start and jobs run, at most `slots` at once; in fork mode without a limit. */
  resume(slots: number, at: number): Effect<J>[] {
    return this.#event(at, (dispatch) => dispatch.resume(slots));
  }

  /** From now on no job and no machine starts. What runs goes on, what boots comes up, what is warm lingers. */
  pause(at: number): Effect<J>[] {
    return this.#event(at, (dispatch) => {
      dispatch.slots = 0;
    });
  }

  /** A job arrives. @param limit how often it may be tried in all, where the job says so */
  submit(job: J, at: number, limit?: number): Effect<J>[] {
    return this.#event(at, (dispatch) => dispatch.arrive(job, limit));
  }

  /** The real body of a machine has started. */
  bodyUp(id: number, at: number): Effect<J>[] {
    return this.#event(at, (dispatch) => {
      const machine = this.#park.get(id);
      if (machine !== undefined) dispatch.bodyUp(machine);
    });
  }

  /**
   * A job on a machine completed. Without effect where the machine does not run it: it may just have been lost.
   * @param job which; may be left out where machines run one at a time
   */
  finished(id: number, at: number, job?: J): Effect<J>[] {
    return this.#event(at, (dispatch) => {
      const [machine, task] = this.#running(id, job);
      if (machine && task) dispatch.completed(machine, task);
    });
  }

  /** A job on a machine failed; the machine is well. */
  failed(id: number, at: number, job?: J): Effect<J>[] {
    return this.#event(at, (dispatch) => {
      const [machine, task] = this.#running(id, job);
      if (machine && task) dispatch.failed(machine, task);
    });
  }

  /** The real body of a machine is gone, whatever it was doing. */
  died(id: number, at: number): Effect<J>[] {
    return this.#event(at, (dispatch) => {
      const machine = this.#park.get(id);
      if (machine !== undefined) dispatch.crashed(machine);
    });
  }

  /** Stops all machines; jobs that they were running wait again. */
  shutdown(at: number): Effect<J>[] {
    return this.#event(at, (dispatch) => {
      dispatch.slots = 0;
      for (const machine of this.#park.all()) dispatch.stop(machine);
    });
  }

  /** What it came to by `at`, machines that still live included. */
  totals(at: number): Totals {
    return this.#park.totals(Math.max(at, this.#dispatch.now));
  }

  #running(id: number, job: J | undefined) {
    const machine = this.#park.get(id);
    // Not by destructuring, which would go through an iterator for every job.
    const first = machine?.tasks[0];
    const task = job === undefined || first?.job === job ? first : machine?.tasks.find((one) => one.job === job);
    return [machine, task] as const;
  }

  #event(at: number, act: (dispatch: Dispatch<J>) => void): Effect<J>[] {
    const dispatch = this.#dispatch;
    this.#catchUp(at);
    act(dispatch);
    this.#catchUp(at); // phases without length are over at once
    const { effects } = dispatch;
    dispatch.effects = [];
    return effects;
  }

  #catchUp(at: number): void {
    const dispatch = this.#dispatch;
    for (let next = this.nextAt(); next <= at; next = this.nextAt()) {
      dispatch.now = Math.max(dispatch.now, next);
      if (next < this.#park.nextAt()) {
        dispatch.restarts.dueAt = Number.POSITIVE_INFINITY;
        dispatch.keepWarm();
        continue;
      }
      const due = this.#park.step(dispatch.now);
      if (due?.what === 'up') dispatch.up(due.machine);
      else if (due?.what === 'bootFailed' || due?.what === 'died') dispatch.lost(due.machine);
      else if (due?.what === 'lingered') dispatch.expired(due.machine);
    }
    dispatch.now = Math.max(dispatch.now, at);
  }
}
