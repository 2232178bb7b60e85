import { openSync, writeSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import type { Adapter } from '../core/adapter.js';
import type { Job } from '../core/job.js';
import { type FlusherOrder, indicesOf, payloadOf } from './watchedjob.js';

/*
 * Entry point of a process whose system calls are watched: reads a `FlusherOrder` from stdin, connects, and enqueues jobs one
 * by one, many at once, and in bulk, with pauses between. Before and after each it writes to a file, so that the trace itself says
 * when each was called and accepted.
 */

const PAUSE_MS = 15;

// The case wrote JSON of this type to stdin: it may hold secrets, and so is no argument.
const { module, address, options, rounds, marks } = JSON.parse(await text(process.stdin)) as FlusherOrder;
const { default: adapter } = (await import(module)) as { default: Adapter };
const session = await adapter.connect(address, options);
const file = openSync(marks, 'w');
for (const round of rounds) {
  await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  const indices = indicesOf(round);
  if (round.how === 'bulk') {
    for (const index of indices) mark('called', index);
    await session.enqueueMany?.(indices.map(jobOf));
    for (const index of indices) mark('accepted', index);
    continue;
  }
  await Promise.all(
    indices.map(async (index) => {
      mark('called', index);
      await session.enqueue(jobOf(index));
      mark('accepted', index);
    }),
  );
}
await session.close();

function mark(word: 'called' | 'accepted', index: number): void {
  writeSync(file, `${word} ${index}`);
}

function jobOf(index: number): Job {
  return { index, queue: 'default', work: { kind: 'noop' }, payload: payloadOf(index) };
}
