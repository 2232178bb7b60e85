import { join } from 'node:path';
import type { Runner, Session } from '../../core/adapter.js';
import type { RunMs } from '../../core/clock.js';
import type { HostSpec } from '../../core/host.js';
import { type Host, openHost } from '../../work/handler.js';
import { LOGS, OUTCOMES, openLog } from '../../work/logs.js';

/** The worker role: hands the session a runner, and counts and stamps what it reports as settled. */
export interface Worker {
  start(): void;
  /** Resolves when jobs in flight have settled. @throws what `run` rejected with */
  stop(): Promise<void>;
  close(): void;
}

export function openWorker(
  session: Session,
  spec: HostSpec,
  concurrency: number,
  clock: () => RunMs,
  counted: (total: number) => void,
  crashed: (error: unknown) => void,
): Worker {
  const path = join(spec.logDir, `${spec.name}${LOGS.settled}`);
  const log = openLog(spec.log ?? 'memory', path);
  const host: Host = openHost(spec, 'main');
  let settledTotal = 0;
  let running: { abort: AbortController; done: Promise<void> } | undefined;

  const runnerFor = (signal: AbortSignal): Runner => ({
    concurrency,
    signal,
    handle: host.handle,
    host: spec,
    settled(index, outcome) {
      log.append(index, clock(), OUTCOMES[outcome]);
      if (outcome !== 'retrying') counted(++settledTotal);
    },
  });
  const write = () => log.write(path);
  process.on('exit', write);

  return {
    start() {
      const abort = new AbortController();
      const done = session.run(runnerFor(abort.signal));
      running = { abort, done };
      done.then(
        () => {
          if (!abort.signal.aborted) crashed(new Error('run() resolved although nobody asked it to stop'));
        },
        (error: unknown) => {
          if (!abort.signal.aborted) crashed(error);
        },
      );
    },
    async stop() {
      running?.abort.abort();
      await running?.done;
      running = undefined;
    },
    close() {
      process.off('exit', write);
      host.close();
      write();
    },
  };
}
