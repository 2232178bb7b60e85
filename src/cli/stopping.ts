import { type Io, SIGNAL_EXIT, type StopSignal } from './io.js';
import type { Progress } from './progress.js';

/** What a command that takes long looks at, to end when it is told to. */
export interface Stop {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** The exit code of the signal; undefined where there was none. */
  code(): number | undefined;
  release(): void;
}

/**
 * The first signal stops what is under way, which keeps what it has; the second ends the process, and with it its children,
 * unless it is a terminal that was closed.
 * @param leave what must be done even then
 */
export function stopOnSignal(io: Io, progress: Progress, said: string, leave?: () => void): Stop {
  const controller = new AbortController();
  let first: StopSignal | undefined;
  const release = io.onSignal((signal) => {
    // Who closes a terminal says so twice, by its shell and by the kernel: nobody waits there for a quicker end.
    if (first !== undefined && signal === 'SIGHUP') return;
    if (first !== undefined) {
      leave?.();
      io.exit(SIGNAL_EXIT[signal]);
    }
    first = signal;
    progress.note(`${said}; once more to end at once`);
    controller.abort();
  });
  return {
    signal: controller.signal,
    code: () => (first === undefined ? undefined : SIGNAL_EXIT[first]),
    release,
  };
}
