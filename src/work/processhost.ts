import type { HostSpec } from '../core/host.js';
import type { Job } from '../core/job.js';
import { openHost } from './handler.js';

/**
 * Host body for adapters that execute in processes of their own: fork this file with one argument, the JSON of
 * `{ spec, name }`. Messages in: a list of `[ticket, job, attempt]`. Messages out: a list of `[ticket, ok]`, gathered
 * per tick. A lost parent ends it.
 */
const { spec, name } = JSON.parse(process.argv[2] ?? '') as { spec: HostSpec; name: string };
const host = openHost(spec, name);
let close: () => void = () => undefined;
const closed = new Promise<void>((resolve) => {
  close = resolve;
});
let answers: [number, boolean][] = [];

process.on('message', (message: [number, Job, number][] | 'close') => {
  if (message === 'close') return close();
  for (const [ticket, job, attempt] of message) void execute(ticket, job, attempt);
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
await closed;
host.close();
process.disconnect?.();

async function execute(ticket: number, job: Job, attempt: number): Promise<void> {
  let ok = true;
  try {
    const running = host.handle(job, attempt);
    if (running !== undefined) await running;
  } catch {
    ok = false; // the event log has it; the adapter decides about another attempt
  }
  if (answers.push([ticket, ok]) === 1) setImmediate(flush);
}

function flush(): void {
  const batch = answers;
  answers = [];
  process.send?.(batch);
}
