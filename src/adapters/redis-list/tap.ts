import { setTimeout as sleep } from 'node:timers/promises';
import type { RedisClient } from '../../servers/redisclient.js';
import { within } from '../../servers/within.js';

/** Redis answers a wait without a job after so long, so that a dead connection is told from an empty queue. */
const BLOCK_S = 5;
const GRACE_MS = 5000;
const ASK_AGAIN_MS = 100;

/** Waits for the next job of a list on a connection of its own, because nothing else can be asked on it meanwhile. */
export interface Tap {
  /** A wait is under way: a job may come at any moment. */
  readonly open: boolean;
  /** @param arrived called once, without an entry when none came in time */
  await(arrived: (entry: string | undefined) => void): void;
  /** Lets a wait end without a job, where one is under way. */
  cut(): void;
  /** Ends a wait, and resolves when it is certain that no job comes any more. */
  close(): Promise<void>;
}

/**
 * @param client a connection that nobody else uses
 * @param main another connection to the same server, on which a wait is cut short
 */
export function tapOf(
  client: RedisClient,
  main: RedisClient,
  from: string,
  to: string,
  events: { readonly reconnected: () => void; readonly broken: (error: unknown) => void },
): Tap {
  const { redis } = client;
  let clientId: number | undefined;
  let open = false;
  let closed = false;
  redis.on('close', () => {
    clientId = undefined;
  });
  redis.on('ready', events.reconnected);

  async function wait(): Promise<string | undefined> {
    clientId ??= await redis.client('ID');
    if (closed) return undefined;
    const answer = redis.blmove(from, to, 'RIGHT', 'LEFT', BLOCK_S);
    answer.catch(() => undefined); // awaited in the loop, unless the connection is given up
    const done = answer.then((entry) => ({ entry }));
    for (;;) {
      const outcome = await within(done, BLOCK_S * 1000 + GRACE_MS);
      if (outcome !== undefined) return outcome.entry ?? undefined;
      redis.stream.destroy(); // silent for too long: ioredis connects and asks again
    }
  }

  /** Where it is forbidden, the wait ends by itself after a few seconds. */
  async function unblock(): Promise<void> {
    if (open && clientId !== undefined) await main.redis.client('UNBLOCK', clientId).catch(() => 0);
  }

  return {
    get open() {
      return open;
    },
    await(arrived) {
      if (open || closed) return;
      open = true;
      wait().then(
        (entry) => {
          open = false;
          arrived(entry);
        },
        (error: unknown) => {
          open = false;
          events.broken(error);
        },
      );
    },
    cut: () => void unblock(),
    async close() {
      closed = true;
      while (open) {
        await unblock();
        if (open) await sleep(ASK_AGAIN_MS);
      }
    },
  };
}
