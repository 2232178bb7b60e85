import type { VirtualDatabase } from '../core/virtual.js';
import { Deque } from './deque.js';
import { Timers } from './timers.js';

/**
 * A database that machines and web requests share. A machine opens its connections when it gets its first job and
 * holds them until it stops; if they are not there it cannot work. A web request holds one for a while; it waits for
 * one that is free, first come first served, until it gives up.
 */
export interface Database {
  /** When something happens here next; Infinity = not before a machine moves. */
  nextAt(): number;
  advance(now: number): void;
  /** @returns whether the machine got its connections */
  connect(machine: number, now: number): boolean;
  disconnect(machine: number, now: number): void;
  /** Most connections at once, and machines that found too few. */
  readonly peak: number;
  readonly refusedMachines: number;
  /** Of the web requests that came until then, and whose end is known. */
  requests(until: number): { due: Float64Array; sent: Float64Array; finished: Float64Array; ok: Uint8Array };
}

export function openDatabase(spec: VirtualDatabase): Database {
  const { connections, perMachine, timeoutMs, webAtMs, webHoldsMs } = spec;
  const finished = new Float64Array(webAtMs.length).fill(Number.NaN);
  const ok = new Uint8Array(webAtMs.length);
  const waiting = new Deque<number>();
  const ends = new Timers<'web'>();
  const held = new Set<number>();
  let used = 0;
  let next = 0;
  let peak = 0;
  let refusedMachines = 0;

  function take(count: number): void {
    used += count;
    peak = Math.max(peak, used);
  }
  function serve(request: number, now: number): void {
    take(1);
    ok[request] = 1;
    finished[request] = now + webHoldsMs;
    ends.push(now + webHoldsMs, 'web');
  }
  function serveWaiting(now: number): void {
    giveUp(now);
    for (let first = waiting.first; first !== undefined && used < connections; first = waiting.first) {
      waiting.shift();
      serve(first, now);
    }
  }
  function giveUp(now: number): void {
    for (let first = waiting.first; first !== undefined; first = waiting.first) {
      const until = (webAtMs[first] ?? 0) + timeoutMs;
      if (until > now) return;
      waiting.shift();
      finished[first] = until;
    }
  }

  return {
    nextAt: () => Math.min(ends.nextAt, webAtMs[next] ?? Number.POSITIVE_INFINITY),
    advance(now) {
      if (ends.nextAt <= now) {
        ends.pop();
        used--;
        serveWaiting(now);
        return;
      }
      const request = next++;
      giveUp(now);
      if (used < connections && waiting.size === 0) serve(request, now);
      else waiting.push(request);
    },
    connect(machine, now) {
      if (held.has(machine)) return true;
      giveUp(now);
      if (used + perMachine > connections) {
        refusedMachines++;
        return false;
      }
      held.add(machine);
      take(perMachine);
      return true;
    },
    disconnect(machine, now) {
      if (!held.delete(machine)) return;
      used -= perMachine;
      serveWaiting(now);
    },
    get peak() {
      return peak;
    },
    get refusedMachines() {
      return refusedMachines;
    },
    requests(until) {
      giveUp(until);
      const rows: number[] = [];
      for (let row = 0; row < next; row++) if (!Number.isNaN(finished[row] ?? Number.NaN)) rows.push(row);
      const column = (of: Float64Array) => Float64Array.from(rows, (row) => of[row] as number); // row < length
      const due = column(webAtMs);
      return { due, sent: due, finished: column(finished), ok: Uint8Array.from(rows, (row) => ok[row] as number) };
    },
  };
}
