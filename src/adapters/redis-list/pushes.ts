import type { Redis } from 'ioredis';

/** Redis reads so many arguments without a pause that others would notice. */
const MOST = 1000;

interface Waiting {
  readonly entries: readonly string[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Calls of one turn of the event loop share an LPUSH; each resolves when Redis has accepted it. */
export function pushes(redis: Redis, list: string, mode: 'auto' | 'off') {
  let waiting: Waiting[] = [];

  function flush(): void {
    const group = waiting;
    waiting = [];
    const all = group.flatMap(({ entries }) => entries);
    send(all).then(
      () => {
        for (const { resolve } of group) resolve();
      },
      (error: unknown) => {
        for (const { reject } of group) reject(error);
      },
    );
  }
  async function send(entries: readonly string[]): Promise<void> {
    const sent: Promise<unknown>[] = [];
    for (let at = 0; at < entries.length; at += MOST) sent.push(redis.lpush(list, ...entries.slice(at, at + MOST)));
    await Promise.all(sent);
  }

  return (entries: readonly string[]): Promise<void> => {
    if (mode === 'off') return send(entries);
    return new Promise<void>((resolve, reject) => {
      // After the promises of this turn and before the event loop waits, so that a call that is alone loses nothing.
      if (waiting.push({ entries, resolve, reject }) === 1) process.nextTick(flush);
    });
  };
}
