import type { Ended } from './claims.js';

/** A full disk is not tried at every turn of the event loop. */
const PAUSE_MS = 100;

/**
 * What a worker does that finds no room in the file: it goes on trying until there is. What makes room goes first and by
 * itself, so that it does not wait for what needs some.
 * @param patienceMs how long it tries to write what has ended when it is told to stop
 */
export function scarcity(patienceMs: number) {
  let short = false;
  let toldAt: number | undefined;
  return {
    /** Since the last transaction found no room. */
    short: () => short,
    /** What the next transaction ends: acks delete jobs, and a burial or another attempt writes. */
    split(ended: Ended[]): { ending: Ended[]; later: Ended[] } {
      const acks = short ? ended.filter(isAck) : [];
      if (acks.length === 0) return { ending: ended, later: [] };
      return { ending: acks, later: ended.filter((one) => !isAck(one)) };
    },
    /** @returns how many jobs to claim, of as many as are wanted */
    claimable: (wanted: number, ending: number) => (short ? (ending > 0 ? 0 : Math.min(1, wanted)) : wanted),
    /** @returns ms until the next try, or that it was the last */
    refused(told: boolean): number | 'over' {
      const pauseMs = short ? PAUSE_MS : 0;
      short = true;
      if (told) toldAt ??= performance.now();
      return toldAt !== undefined && performance.now() - toldAt > patienceMs ? 'over' : pauseMs;
    },
    committed(): void {
      short = false;
      toldAt = undefined;
    },
  };
}

function isAck({ outcome }: Ended): boolean {
  return outcome === 'completed';
}
