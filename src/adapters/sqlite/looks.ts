/** At the next turns of the event loop, then after so long each: a commit of `synchronous=full` waits for the disk. */
const TURNS = 4;
const WAITS_MS = [1, 2, 4, 8, 16, 32] as const;

/**
 * Looks for what is about to change, at once and then ever less often, until it has changed or it is no longer likely.
 * A write reaches the write-ahead log, and whoever watches that, before its commit can be seen.
 */
export function looks(look: () => 'changed' | 'same') {
  let done = 0;
  let turn: NodeJS.Immediate | undefined;
  let timer: NodeJS.Timeout | undefined;

  function stop(): void {
    clearImmediate(turn);
    clearTimeout(timer);
  }
  function next(): void {
    if (look() === 'changed') return;
    const waitMs = WAITS_MS[done - TURNS];
    if (done++ < TURNS) turn = setImmediate(next);
    else if (waitMs !== undefined) timer = setTimeout(next, waitMs).unref();
  }
  return {
    /** Begins again where a series is under way: there is something new to wait for. */
    start(): void {
      stop();
      done = 0;
      next();
    },
    stop,
  };
}
