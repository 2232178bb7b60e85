/** The keys of one queue. Jobs enter lists on the left and leave them on the right. */
export interface QueueKeys {
  readonly waiting: string;
  /** Jobs whose worker died: they may be what it died of, so each is run alone. */
  readonly suspects: string;
  /** Sorted by due time. */
  readonly later: string;
  readonly dead: string;
  /** Ids of workers, sorted by when they were last heard of. */
  readonly workers: string;
  /** Followed by the id of a worker: what it has taken, newest on the left. */
  readonly takenBy: string;
  /** Tells workers of a due time that is earlier than all others. */
  readonly channel: string;
}

export function keysOf(prefix: string, queue: string): QueueKeys {
  const key = (what: string) => `${prefix}:${queue}:${what}`;
  return {
    waiting: key('waiting'),
    suspects: key('suspects'),
    later: key('later'),
    dead: key('dead'),
    workers: key('workers'),
    takenBy: key('taken:'),
    channel: key('due'),
  };
}
