/** An event loop in which time is a number: nothing of the machine, nor who else uses it, is part of what is measured. */
export interface VirtualTime {
  /** As work on the event loop does: whatever becomes due meanwhile waits. */
  busy(ms: number): void;
  /** Lets things happen, one turn after another, until the promise is settled. */
  until<T>(end: Promise<T>): Promise<T>;
  restore(): void;
}

/** A turn of the event loop with nothing to do takes so long. */
const TURN_MS = 0.05;

interface Timer {
  readonly at: number;
  readonly act: () => void;
}

/** Takes the place of timers, immediates and clocks of this process until it is told to restore them. */
export function virtualTime(): VirtualTime {
  const { wait } = Atomics;
  const real = { setImmediate, setTimeout, clearTimeout, now: performance.now, bigint: process.hrtime.bigint };
  let now = 0;
  const immediates: (() => void)[] = [];
  let timers: Timer[] = [];

  Object.assign(globalThis, {
    setImmediate: (act: () => void) => void immediates.push(act),
    setTimeout(act: () => void, ms = 0) {
      const timer = { at: now + ms, act };
      timers = [...timers, timer].sort((a, b) => a.at - b.at);
      return timer;
    },
    clearTimeout(timer: unknown) {
      timers = timers.filter((one) => one !== timer);
    },
  });
  performance.now = () => now;
  process.hrtime.bigint = () => BigInt(Math.round(now * 1e6));
  // Nobody else is there who could wake it.
  Atomics.wait = (_cell: unknown, _index: unknown, _value: unknown, ms = 0) => {
    now += ms;
    return 'timed-out' as const;
  };

  function turn(): void {
    if (immediates.length === 0) {
      const [next] = timers;
      if (next === undefined) throw new Error('nothing is left that could happen');
      now = Math.max(now, next.at);
    }
    const from = now;
    const due = timers.filter(({ at }) => at <= from);
    timers = timers.filter(({ at }) => at > from);
    const acts = [...due.map(({ act }) => act), ...immediates.splice(0)];
    for (const act of acts) act();
    if (due.length === 0) now = Math.max(now, from + TURN_MS);
  }

  return {
    busy(ms) {
      now += ms;
    },
    async until(end) {
      const state: { is: 'running' | 'over' } = { is: 'running' };
      const over = () => {
        state.is = 'over';
      };
      end.then(over, over);
      for (;;) {
        await new Promise<void>((resolve) => real.setImmediate(resolve)); // promises first, as after each callback
        if (state.is === 'over') return end;
        turn();
      }
    },
    restore() {
      const { setImmediate, setTimeout, clearTimeout } = real;
      Object.assign(globalThis, { setImmediate, setTimeout, clearTimeout });
      performance.now = real.now;
      process.hrtime.bigint = real.bigint;
      Atomics.wait = wait;
    },
  };
}
