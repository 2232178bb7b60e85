import { describe, expect, it } from 'vitest';
import type { Layout } from '../../src/core/layout.js';
import type { Placement, Traits } from '../../src/core/traits.js';
import { place, type Role } from '../../src/engine/place.js';
import { stubTraits as traits } from '../support/stubs.js';

const layout: Layout = {
  producers: 2,
  workers: 3,
  concurrency: 5,
  work: { kind: 'noop' },
  payloadBytes: 0,
  attempts: 1,
  phases: [],
};
const embedded: Traits = { ...traits, topology: 'embedded' };
const withWeb = (placement: Placement): Layout => ({
  ...layout,
  web: { cpuMs: 1, waitMs: 5, db: 'off', placement },
});

/** `web: producer 0/1, worker x5 [worker-0: worker x5]` */
function said({ name, producer, worker, web, load, threads }: Role): string {
  const does = [
    web && 'web',
    producer && `producer ${producer.ordinal}/${producer.producers}`,
    worker && `worker x${worker.concurrency}`,
    load && 'load',
  ].filter(Boolean);
  const inside = threads.length > 0 ? ` [${threads.map(said).join('; ')}]` : '';
  return `${name}: ${does.join(', ')}${inside}`;
}

describe('without a web server', () => {
  it('a shared backend gets a process for each producer and each worker', () => {
    expect(place(layout, traits).map(said)).toEqual([
      'producer-0: producer 0/2',
      'producer-1: producer 1/2',
      'worker-0: worker x5',
      'worker-1: worker x5',
      'worker-2: worker x5',
    ]);
  });

  it('an embedded one gets a single process, with as many jobs at once as all workers together', () => {
    expect(place(layout, embedded).map(said)).toEqual(['queue: producer 0/1, worker x15']);
  });
});

describe('with a web server, which enqueues; the load generator is always apart', () => {
  it.each<[Placement, string[]]>([
    ['loop', ['web: web, producer 0/1, worker x15', 'load: load']],
    [
      'thread',
      ['web: web, producer 0/1 [worker-0: worker x5; worker-1: worker x5; worker-2: worker x5]', 'load: load'],
    ],
    [
      'process',
      ['web: web, producer 0/1', 'worker-0: worker x5', 'worker-1: worker x5', 'worker-2: worker x5', 'load: load'],
    ],
  ])('shared, placement %s', (placement, roles) => {
    expect(place(withWeb(placement), traits).map(said)).toEqual(roles);
  });

  it.each<Placement>(['loop', 'thread', 'process'])('embedded: the queue lives in the web server (%s)', (placement) => {
    const roles = place(withWeb(placement), { ...embedded, executes: placement });
    expect(roles.map(said)).toEqual(['web: web, producer 0/1, worker x15', 'load: load']);
  });
});

it('names are unique, threads included', () => {
  for (const placement of ['loop', 'thread', 'process'] as const) {
    const names = place(withWeb(placement), traits).flatMap((role) => [role.name, ...role.threads.map((t) => t.name)]);
    expect(new Set(names).size).toBe(names.length);
  }
});
