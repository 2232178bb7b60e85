import type { Layout } from '../core/layout.js';
import type { Traits } from '../core/traits.js';

/** What one process does. `threads` are roles with an event loop of their own inside it. */
export interface Role {
  readonly name: string;
  readonly producer?: { readonly ordinal: number; readonly producers: number };
  readonly worker?: { readonly concurrency: number };
  readonly web?: true;
  readonly load?: true;
  readonly threads: readonly Role[];
}

/**
 * Which process does what. For a shared backend each producer, worker, web server and load generator is a process of
 * its own; for an embedded one whoever enqueues and whoever executes share a process, because the queue lives there.
 * With a web server it is the server that enqueues, as in an application. The load generator is always apart.
 */
export function place(layout: Layout, traits: Traits): Role[] {
  return layout.web === undefined ? withoutWeb(layout, traits) : withWeb(layout, layout.web.placement, traits);
}

function withoutWeb(layout: Layout, traits: Traits): Role[] {
  if (traits.topology === 'embedded') return [embedded('queue', layout)];
  return [
    ...Array.from({ length: layout.producers }, (_, ordinal) => ({
      name: `producer-${ordinal}`,
      producer: { ordinal, producers: layout.producers },
      threads: [],
    })),
    ...Array.from({ length: layout.workers }, (_, n) => worker(`worker-${n}`, layout)),
  ];
}

function withWeb(layout: Layout, placement: 'loop' | 'thread' | 'process', traits: Traits): Role[] {
  const load: Role = { name: 'load', load: true, threads: [] };
  if (traits.topology === 'embedded') return [{ ...embedded('web', layout), web: true }, load];
  const web = { name: 'web', web: true as const, producer: { ordinal: 0, producers: 1 } };
  const workers = Array.from({ length: layout.workers }, (_, n) => worker(`worker-${n}`, layout));
  switch (placement) {
    case 'loop':
      return [{ ...web, worker: { concurrency: layout.concurrency * layout.workers }, threads: [] }, load];
    case 'thread':
      return [{ ...web, threads: workers }, load];
    case 'process':
      return [{ ...web, threads: [] }, ...workers, load];
    default:
      return placement satisfies never;
  }
}

/** One process that enqueues and executes, with as many jobs at once as all workers of a shared backend have together. */
function embedded(name: string, layout: Layout): Role {
  return {
    name,
    producer: { ordinal: 0, producers: 1 },
    worker: { concurrency: layout.concurrency * layout.workers },
    threads: [],
  };
}

function worker(name: string, layout: Layout): Role {
  return { name, worker: { concurrency: layout.concurrency }, threads: [] };
}
