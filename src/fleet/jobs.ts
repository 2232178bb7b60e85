import { Backlog } from './backlog.js';
import type { Machine } from './machine.js';
import { bookWait, phasesOf, type Task, task } from './task.js';
import type { Tally } from './totals.js';
import type { Effect, FleetOptions, Loss } from './types.js';

/** The jobs from their arrival to their end: who waits, how many run, and what becomes of one whose attempt failed. */
export class Jobs<J> {
  /** That are being executed. */
  running = 0;
  /** That have not ended. */
  open = 0;
  readonly #backlog = new Backlog<J>();
  readonly #options: FleetOptions;
  readonly #tally: Tally;

  constructor(options: FleetOptions, tally: Tally) {
    this.#options = options;
    this.#tally = tally;
  }

  /** The next to be served. */
  get next(): Task<J> | undefined {
    return this.#backlog.first;
  }

  get waiting(): number {
    return this.#backlog.size;
  }

  arrive(job: J, now: number, limit: number | undefined): void {
    this.open++;
    this.#backlog.add(task(job, now, limit), 'back');
  }

  /** The next that no machine is starting for, from now on the caller's to start one for. It keeps its place. */
  claim(): Task<J> | undefined {
    return this.#backlog.claim();
  }

  /** No machine is starting for this waiting task any more. */
  release(claimed: Task<J>): void {
    this.#backlog.release(claimed);
  }

  /** A machine takes it. */
  begin(next: Task<J>, machine: Machine<J>, now: number): void {
    this.#backlog.remove(next, 'running');
    bookWait(next, machine, now);
    next.since = now;
    this.running++;
  }

  /** Its machine has it no more; the time there goes to the given phase. */
  leave(left: Task<J>, phase: 'run' | 'lost', now: number): void {
    phasesOf(left)[phase] += now - left.since;
    left.state = 'over';
    this.running--;
  }

  completed(done: Task<J>): Effect<J> {
    const { job } = done;
    const phases = phasesOf(done);
    this.open--;
    this.#tally.completed++;
    if (phases.cold) this.#tally.cold++;
    else if (phases.resumed) this.#tally.resumed++;
    return { kind: 'completed', job, phases };
  }

  /** An attempt is used up: another, or the end. */
  charge(tried: Task<J>, why: Loss, now: number): Effect<J> {
    const { job } = tried;
    tried.used++;
    const most = tried.limit ?? (why === 'failed' ? 1 : this.#options.attempts);
    if (this.#options.mode === 'queue' && tried.used < most) {
      this.#tally.retried++;
      if (why === 'boot') this.release(tried);
      else this.again(tried, now, why === 'died' ? 'front' : 'back');
      return { kind: 'retrying', job, why };
    }
    if (why === 'boot') {
      phasesOf(tried).queue += now - tried.since;
      this.#backlog.remove(tried, 'over');
    }
    this.open--;
    this.#tally.dead++;
    return { kind: 'dead', job, why, phases: phasesOf(tried) };
  }

  /** Waits once more. Where a job that lost its machine goes to the front: it has waited longest. */
  again(interrupted: Task<J>, now: number, where: 'front' | 'back'): void {
    interrupted.since = now;
    this.#backlog.add(interrupted, where);
  }
}
