import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Job } from '../../src/core/job.js';
import { laneBuffer, laneReceiver, laneSender } from '../../src/work/threadlane.js';

type Step = 'send' | 'claim' | 'finish' | 'collect' | 'recall';

/** Each operation of either side is one atomic step, so every interleaving of two threads is an order of steps. */
test('whatever the interleaving, each job is started or taken back, never both, and a death loses only what ran', () => {
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.constant<Step>('send') },
    { weight: 3, arbitrary: fc.constant<Step>('claim') },
    { weight: 3, arbitrary: fc.constant<Step>('finish') },
    { weight: 1, arbitrary: fc.constant<Step>('collect') },
    { weight: 1, arbitrary: fc.constant<Step>('recall') },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 3000, size: 'max' }), (steps) => {
      const buffer = laneBuffer();
      const sender = laneSender(buffer);
      const receiver = laneReceiver(buffer);
      const inbox: Job[] = [];
      const begun: number[] = [];
      const ended: [number, string][] = [];
      const back: number[] = [];
      let running: number | undefined;
      let sent = 0;
      const collect = () => sender.collect((job, outcome) => ended.push([job.index, outcome]));
      const recall = () => back.push(...sender.recall().map((job) => job.index));
      for (const next of steps) {
        if (next === 'send' && sender.room > 0) {
          const job: Job = { index: sent++, queue: 'q', work: { kind: 'noop' }, payload: '' };
          sender.send(job);
          inbox.push(job);
        } else if (next === 'claim' && running === undefined) {
          const job = inbox.shift();
          if (job === undefined) continue;
          if (receiver.claim()) {
            running = job.index;
            begun.push(running);
          } else receiver.done('skipped');
        } else if (next === 'finish' && running !== undefined) {
          receiver.done(running % 3 === 0 ? 'threw' : 'ok');
          running = undefined;
        } else if (next === 'collect') collect();
        else if (next === 'recall') recall();
      }
      // Here the thread dies.
      collect();
      recall();
      expect(sender.abandon()?.index).toBe(running);
      expect(sender.held).toBe(0);
      expect(ended.map(([index]) => index)).toEqual(begun.filter((index) => index !== running));
      for (const [index, outcome] of ended) expect(outcome).toBe(index % 3 === 0 ? 'failed' : 'completed');
      expect([...begun, ...back].sort((a, b) => a - b)).toEqual(Array.from({ length: sent }, (_, i) => i));
    }),
    { numRuns: 300 },
  );
});

test('a notice is wanted once until it is heard', () => {
  const buffer = laneBuffer();
  const sender = laneSender(buffer);
  const receiver = laneReceiver(buffer);
  expect(sender.serviceMs).toBe(0);
  expect(receiver.mustTell(0.5)).toBe(true);
  expect(receiver.mustTell(0.25)).toBe(false);
  expect(sender.serviceMs).toBe(0.25);
  sender.heard();
  expect(receiver.mustTell(1e9)).toBe(true);
  expect(sender.serviceMs).toBeGreaterThan(2000);
});
