import { watch } from 'node:fs';
import { dirname } from 'node:path';
import { looks } from './looks.js';
import type { ByPriority } from './priorities.js';

const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** Shows whether another connection has committed since. */
interface Versioned {
  readonly dataVersion: { get(): { readonly data_version: number } | undefined };
}

/**
 * Wakes an idle worker: by a change of the write-ahead log (another process wrote), by the next due time, and by a slow
 * look at `data_version` for platforms and file systems that do not notify. A busy worker watches nothing.
 */
export function idleWatch(s: Versioned, look: ByPriority, file: string, queues: readonly string[], wake: () => void) {
  const wal = `${file.slice(dirname(file).length + 1)}-wal`;
  let watcher: ReturnType<typeof watch> | undefined;
  let net: NodeJS.Timeout | undefined;
  let timer: NodeJS.Timeout | undefined;
  let seen: number | undefined;
  let busyTurns = 0;
  let asked = 0;

  function version(): number | undefined {
    asked++;
    return s.dataVersion.get()?.data_version;
  }
  const series = looks(check);
  /** Our own writes reach the log as well, but do not change what `data_version` shows to us. */
  function check(): 'changed' | 'same' {
    if (seen === undefined || version() === seen) return 'same';
    awake();
    wake();
    return 'changed';
  }
  /** A look that is still to come must not ask a connection that may be closed by then. */
  function awake(): void {
    seen = undefined;
    series.stop();
  }
  function close(): void {
    watcher?.close();
    clearInterval(net);
    clearTimeout(timer);
    watcher = undefined;
    net = undefined;
    awake();
  }
  return {
    close,
    /** Statements with which it looked so far. */
    looks: () => asked,
    busy() {
      awake();
      clearTimeout(timer);
      if (++busyTurns === 32) close();
    },
    sleep() {
      busyTurns = 0;
      const before = version();
      watcher ??= watch(dirname(file), (_, name) => {
        if (name === wal && seen !== undefined) series.start();
      });
      net ??= setInterval(check, 250);
      seen = before;
      // What was written before this sleep may become visible only now, and its event is over.
      series.start();
      asked += queues.length;
      const at = Math.min(...queues.map(look.nextAt));
      clearTimeout(timer);
      const wait = at - Date.now();
      if (wait <= 0) wake();
      else if (Number.isFinite(at)) timer = setTimeout(wake, Math.min(Math.ceil(wait), LONGEST_TIMEOUT_MS));
    },
  };
}
