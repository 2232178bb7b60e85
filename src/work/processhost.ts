import type { HostSpec } from '../core/host.js';
import type { Job } from '../core/job.js';
import { openHost } from './handler.js';

/**
 * Host body for adapters that execute in processes of their own: fork this file with one argument, the JSON of a
 * `ProcessStart`. It says `ready` first. Messages in: a list of `[ticket, job, attempt]`, or `close`. Messages out: a
 * list of `[ticket, ok]`: what a message brought and ended at once shares one answer, what ends later is gathered per
 * tick. A lost parent ends it.
 */
export interface ProcessStart {
  readonly spec: HostSpec;
  readonly name: string;
}

export type Order = readonly [ticket: number, job: Job, attempt: number];
export type Answer = readonly [ticket: number, ok: boolean];

// The parent wrote the argument as JSON of this type.
const { spec, name } = JSON.parse(process.argv[2] ?? '') as ProcessStart;
const host = openHost(spec, name);
let answers: Answer[] = [];
let taking: 'orders' | 'nothing' = 'nothing';

process.on('message', (message: readonly Order[] | 'close') => {
  if (message === 'close') {
    flush();
    host.close();
    process.disconnect?.(); // its event ends the process, whatever is still running
    return;
  }
  taking = 'orders';
  for (const [ticket, job, attempt] of message) execute(ticket, job, attempt);
  taking = 'nothing';
  if (answers.length > 0) flush();
});
process.on('disconnect', () => process.exit(0));
// A job that ends the process must not take the answers of finished ones with it.
process.on('exit', flush);
process.send?.('ready');

function execute(ticket: number, job: Job, attempt: number): void {
  let running: void | Promise<void>;
  try {
    running = host.handle(job, attempt);
  } catch {
    answer(ticket, false); // the event log has it; the adapter decides about another attempt
    return;
  }
  if (running === undefined) {
    answer(ticket, true);
    return;
  }
  void running.then(
    () => answer(ticket, true),
    () => answer(ticket, false),
  );
}

function answer(ticket: number, ok: boolean): void {
  if (answers.push([ticket, ok]) === 1 && taking === 'nothing') setImmediate(flush);
}

function flush(): void {
  if (answers.length === 0 || !process.connected) return;
  const batch = answers;
  answers = [];
  process.send?.(batch);
}
