import type { Job } from '../core/job.js';

/** Jobs that wait in this process: the most urgent first, then first in, first out. */
export class JobList {
  /** Those without a priority, which are the most urgent, are in a list that knows nothing of the others. */
  readonly #plain = new Fifo();
  readonly #others = new Map<number, Fifo>();
  /** Those of `others`, in order. They stay when they are empty: few priorities are in use. */
  #priorities: number[] = [];
  /** Jobs in `others`. */
  #less = 0;

  get length(): number {
    return this.#plain.length + this.#less;
  }

  add(job: Job): void {
    if (job.priority === undefined) this.#plain.add(job);
    else this.#listOf(job.priority).add(job);
  }

  take(): Job | undefined {
    return this.#plain.take() ?? (this.#less > 0 ? this.#takeOther() : undefined);
  }

  /** What was taken but not started goes before what came later, in its order. */
  putBack(jobs: readonly Job[]): void {
    for (let i = jobs.length - 1; i >= 0; i--) {
      const job = jobs[i] as Job; // i is within the list
      this.#listOf(job.priority ?? 0).putBack(job);
    }
  }

  #listOf(priority: number): Fifo {
    if (priority === 0) return this.#plain;
    this.#less++;
    const known = this.#others.get(priority);
    if (known !== undefined) return known;
    const list = new Fifo();
    this.#others.set(priority, list);
    this.#priorities = [...this.#others.keys()].sort((a, b) => a - b);
    return list;
  }

  #takeOther(): Job | undefined {
    this.#less--;
    for (const priority of this.#priorities) {
      const job = this.#others.get(priority)?.take();
      if (job !== undefined) return job;
    }
    return undefined;
  }
}

class Fifo {
  #jobs: Job[] = [];
  #head = 0;
  readonly #returned: Job[] = [];

  get length(): number {
    return this.#jobs.length - this.#head + this.#returned.length;
  }

  add(job: Job): void {
    this.#jobs.push(job);
  }

  take(): Job | undefined {
    if (this.#returned.length > 0) return this.#returned.pop();
    if (this.#head === this.#jobs.length) return undefined;
    const job = this.#jobs[this.#head++];
    // Cutting off what is consumed costs a copy of the rest: so only when that is the smaller half.
    if (this.#head >= 4096 && this.#head * 2 >= this.#jobs.length) {
      this.#jobs = this.#jobs.slice(this.#head);
      this.#head = 0;
    }
    return job;
  }

  putBack(job: Job): void {
    this.#returned.push(job);
  }
}
