import { writeFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import type { Adapter, Address, Options } from '../core/adapter.js';

/*
 * Entry point of a process whose system calls are watched: reads a `FlusherOrder` from stdin, connects, enqueues jobs one by one with pauses between, and
 * writes down at the end when each was called and accepted, on the wall clock in ms.
 */

export interface FlusherOrder {
  readonly module: string;
  readonly address: Address;
  readonly options: Options;
  readonly jobs: number;
  /** The file for that. */
  readonly out: string;
}

const PAUSE_MS = 15;

// The case wrote JSON of this type to stdin: it may hold secrets, and so is no argument.
const { module, address, options, jobs, out } = JSON.parse(await text(process.stdin)) as FlusherOrder;
const { default: adapter } = (await import(module)) as { default: Adapter };
const session = await adapter.connect(address, options);
const calls: [called: number, accepted: number][] = [];
const now = () => performance.timeOrigin + performance.now();
for (let index = 0; index < jobs; index++) {
  await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  const called = now();
  await session.enqueue({ index, queue: 'default', work: { kind: 'noop' }, payload: 'x' });
  calls.push([called, now()]);
}
await session.close();
writeFileSync(out, JSON.stringify(calls));
