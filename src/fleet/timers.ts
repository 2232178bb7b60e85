/** What is to happen when, in order of time, first in first out among equals: a binary heap over any clock. */
export class Timers<T> {
  readonly #entries: Entry<T>[] = [];
  #order = 0;

  /** When the first is due; Infinity when there is none. */
  get nextAt(): number {
    return this.#entries[0]?.at ?? Number.POSITIVE_INFINITY;
  }

  get first(): T | undefined {
    return this.#entries[0]?.item;
  }

  push(at: number, item: T): void {
    const entries = this.#entries;
    const entry = { at, item, order: this.#order++ };
    let i = entries.push(entry) - 1;
    while (i > 0) {
      const up = (i - 1) >> 1;
      const parent = entries[up] as Entry<T>; // up < i < length
      if (!earlier(entry, parent)) break;
      entries[i] = parent;
      i = up;
    }
    entries[i] = entry;
  }

  pop(): T | undefined {
    const entries = this.#entries;
    const first = entries[0];
    const last = entries.pop();
    if (first === undefined || last === undefined || entries.length === 0) return first?.item;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= entries.length) break;
      const right = entries[child + 1];
      if (right !== undefined && earlier(right, entries[child] as Entry<T>)) child++;
      const next = entries[child] as Entry<T>; // child < length
      if (!earlier(next, last)) break;
      entries[i] = next;
      i = child;
    }
    entries[i] = last;
    return first.item;
  }
}

interface Entry<T> {
  readonly at: number;
  readonly order: number;
  readonly item: T;
}

function earlier(a: Entry<unknown>, b: Entry<unknown>): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
