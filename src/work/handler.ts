import { join } from 'node:path';
import { runClock } from '../core/clock.js';
import type { HostSpec } from '../core/host.js';
import type { Job } from '../core/job.js';
import { doWork } from './body.js';
import { LOGS, openLog } from './logs.js';
import { payloadLog } from './payloadlog.js';

/** Where jobs are executed: stamps, does the work, stamps. */
export interface Host {
  handle(job: Job, attempt?: number): void | Promise<void>;
  /** Writes the event log. Also done by itself when the thread or process exits. */
  close(): void;
}

/** Hosts whose logs are still to be written: one listener does for all of them, however many are open at once. */
const unwritten = new Set<() => void>();
function writeAll(): void {
  for (const write of unwritten) write();
}

/**
 * Opens the handler in this thread or process.
 * @param name distinguishes the hosts that share a `spec`: their logs are `<spec.name>.<name>.executed.log`
 */
export function openHost(spec: HostSpec, name: string): Host {
  const clock = runClock(spec.epoch);
  const path = join(spec.logDir, `${spec.name}.${name}${LOGS.executed}`);
  const log = openLog(spec.log ?? 'memory', path);
  const failed = (row: number, error: unknown): never => {
    log.end(row, clock(), 2);
    throw error;
  };
  const close = () => {
    if (!unwritten.delete(close)) return;
    if (unwritten.size === 0) process.off('exit', writeAll);
    if (log.rows > 0) log.write(path);
  };
  if (unwritten.size === 0) process.on('exit', writeAll);
  unwritten.add(close);
  const host: Host = {
    handle(job, attempt = 1) {
      const started = clock();
      const row = log.append(job.index, started);
      // Between the two stamps of a job that does nothing there is nothing, so that one reading is both.
      if (job.work.kind === 'noop') {
        log.end(row, started, 1);
        return;
      }
      let running: ReturnType<typeof doWork>;
      try {
        running = doWork(job.work, attempt, spec);
      } catch (error) {
        return failed(row, error);
      }
      if (running === undefined) {
        log.end(row, clock(), 1);
        return;
      }
      return running.then(
        (what) => log.end(row, clock(), what === undefined ? 1 : 4),
        (error: unknown) => failed(row, error),
      );
    },
    close,
  };
  // Chosen once, so that a measured run does not even ask.
  return spec.payloads === 'digest' ? noting(host, `${spec.logDir}/${spec.name}.${name}${LOGS.payloads}`) : host;
}

function noting(host: Host, path: string): Host {
  const note = payloadLog(path);
  return {
    ...host,
    handle(job, attempt) {
      note(job);
      return host.handle(job, attempt);
    },
  };
}
