import { Deque } from './deque.js';
import type { Task } from './task.js';

/**
 * Jobs that wait, in order of service, and which of them no machine is starting for. Tasks leave both lines lazily:
 * what is no longer true is thrown away when it reaches the front, so every operation is O(1), amortised.
 */
export class Backlog<J> {
  readonly #line = new Deque<Task<J>>();
  readonly #unclaimed = new Deque<Task<J>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The next to be served. */
  get first(): Task<J> | undefined {
    return this.#line.first;
  }

  /** Where a job that lost its machine goes to the front: it has waited longest. */
  add(task: Task<J>, where: 'front' | 'back'): void {
    task.state = 'waiting';
    this.#size++;
    if (where === 'front') this.#line.unshift(task);
    else this.#line.push(task);
    if (where === 'front') this.#unclaimed.unshift(task);
    else this.#unclaimed.push(task);
  }

  /** Takes a waiting task out of the line, wherever it stands. */
  remove(task: Task<J>, as: 'running' | 'over'): void {
    task.state = as;
    this.#size--;
    while (this.#line.first !== undefined && this.#line.first.state !== 'waiting') this.#line.shift();
    while (this.#unclaimed.first !== undefined && !free(this.#unclaimed.first)) this.#unclaimed.shift();
  }

  /** The next that no machine is starting for, from now on the caller's to start one for. It keeps its place. */
  claim(): Task<J> | undefined {
    let task = this.#unclaimed.shift();
    while (task !== undefined && !free(task)) task = this.#unclaimed.shift();
    return task;
  }

  /** No machine is starting for this waiting task any more. */
  release(task: Task<J>): void {
    this.#unclaimed.unshift(task);
  }
}

function free<J>(task: Task<J>): boolean {
  return task.state === 'waiting' && task.claimant === undefined;
}
