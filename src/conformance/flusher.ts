import { openSync, writeSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import type { Adapter } from '../core/adapter.js';
import { type FlusherOrder, payloadOf } from './watchedjob.js';

/*
 * Entry point of a process whose system calls are watched: reads a `FlusherOrder` from stdin, connects, and enqueues jobs one
 * by one with pauses between. Before and after each it writes to a file, so that the trace itself says when each was called and accepted.
 */

const PAUSE_MS = 15;

// The case wrote JSON of this type to stdin: it may hold secrets, and so is no argument.
const { module, address, options, jobs, marks } = JSON.parse(await text(process.stdin)) as FlusherOrder;
const { default: adapter } = (await import(module)) as { default: Adapter };
const session = await adapter.connect(address, options);
const file = openSync(marks, 'w');
for (let index = 0; index < jobs; index++) {
  await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  writeSync(file, `called ${index}`);
  await session.enqueue({ index, queue: 'default', work: { kind: 'noop' }, payload: payloadOf(index) });
  writeSync(file, `accepted ${index}`);
}
await session.close();
