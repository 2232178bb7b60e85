/** setTimeout fires at once for delays of 2^31 ms or more. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/**
 * Holds items until their wall time, then hands them over in order of time, first in first out among equals. One
 * timer serves all: a long delay never masks a short one. An item is never handed over before its time on
 * `Date.now()`, although libuv timers may fire up to 1 ms early: such a timer is set again.
 */
export class DueHeap<T> {
  readonly #entries: { item: T; at: number; order: number }[] = [];
  readonly #due: (item: T) => void;
  readonly #now: () => number;
  #timer: NodeJS.Timeout | undefined;
  #armedFor = Number.POSITIVE_INFINITY;
  #order = 0;

  constructor(due: (item: T) => void, now: () => number = Date.now) {
    this.#due = due;
    this.#now = now;
  }

  get size(): number {
    return this.#entries.length;
  }

  /** @param at milliseconds since 1970; a time in the past hands over on the next timer */
  push(item: T, at: number): void {
    const entries = this.#entries;
    const entry = { item, at, order: this.#order++ };
    let i = entries.push(entry) - 1;
    while (i > 0) {
      const up = (i - 1) >> 1;
      const parent = entries[up] as typeof entry;
      if (!earlier(entry, parent)) break;
      entries[i] = parent;
      i = up;
    }
    entries[i] = entry;
    if (at < this.#armedFor) this.#arm();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#entries.length = 0;
  }

  #arm(): void {
    clearTimeout(this.#timer);
    const first = this.#entries[0];
    this.#armedFor = first?.at ?? Number.POSITIVE_INFINITY;
    if (first === undefined) return;
    const delay = Math.min(Math.max(0, Math.ceil(first.at - this.#now())), LONGEST_TIMEOUT_MS);
    this.#timer = setTimeout(() => this.#fire(), delay);
  }

  #fire(): void {
    for (let first = this.#entries[0]; first !== undefined && first.at <= this.#now(); first = this.#entries[0]) {
      this.#pop();
      this.#due(first.item);
    }
    this.#arm();
  }

  #pop(): void {
    const entries = this.#entries;
    const last = entries.pop();
    if (last === undefined || entries.length === 0) return;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= entries.length) break;
      const right = entries[child + 1];
      if (right !== undefined && earlier(right, entries[child] as typeof last)) child++;
      const next = entries[child] as typeof last;
      if (!earlier(next, last)) break;
      entries[i] = next;
      i = child;
    }
    entries[i] = last;
  }
}

function earlier(a: { at: number; order: number }, b: { at: number; order: number }): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
