import { watch } from 'node:fs';
import { dirname } from 'node:path';
import type { ByPriority } from './priorities.js';
import type { Statements } from './statements.js';

const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/**
 * Wakes an idle worker: by a change of the write-ahead log (another process wrote), by the next due time, and by a slow
 * look at `data_version` for platforms and file systems that do not notify. A busy worker watches nothing.
 */
export function idleWatch(s: Statements, look: ByPriority, file: string, queues: readonly string[], wake: () => void) {
  const wal = `${file.slice(dirname(file).length + 1)}-wal`;
  let watcher: ReturnType<typeof watch> | undefined;
  let net: NodeJS.Timeout | undefined;
  let timer: NodeJS.Timeout | undefined;
  let seen: number | undefined;
  let busyTurns = 0;

  const version = () => s.dataVersion.get()?.data_version;
  /** Our own writes reach the log as well, but do not change what `data_version` shows to us. */
  function check(tries: number): void {
    if (seen === undefined) return;
    if (version() !== seen) {
      seen = undefined;
      wake();
    } else if (tries > 0) setImmediate(check, tries - 1); // the event can come just before the commit is visible
  }
  function close(): void {
    watcher?.close();
    clearInterval(net);
    clearTimeout(timer);
    watcher = undefined;
    net = undefined;
    seen = undefined; // a look that is still to come must not ask a connection that is closed by then
  }
  return {
    close,
    busy() {
      seen = undefined;
      clearTimeout(timer);
      if (++busyTurns === 32) close();
    },
    sleep() {
      busyTurns = 0;
      const before = version();
      watcher ??= watch(dirname(file), (_, name) => {
        if (name === wal) check(4);
      });
      net ??= setInterval(() => check(0), 250);
      seen = before;
      const at = Math.min(...queues.map(look.nextAt));
      clearTimeout(timer);
      const wait = at - Date.now();
      if (wait <= 0) wake();
      else if (Number.isFinite(at)) timer = setTimeout(wake, Math.min(Math.ceil(wait), LONGEST_TIMEOUT_MS));
    },
  };
}
