import type { HostSpec } from '../core/host.js';
import type { Job } from '../core/job.js';
import { type HostProcess, startProcess } from './hostprocess.js';
import type { Order } from './processhost.js';

/** Where machines execute their jobs. */
export interface Bodies {
  readonly processes: number;
  /** A machine was asked for. Its body says `up` when it is there; perhaps at once. */
  start(machine: number): void;
  run(machine: number, job: Job, attempt: number): void;
  /** The machine stopped; its body may go. */
  stop(machine: number): void;
  /** Ends all of them and waits until they are gone. */
  close(): Promise<void>;
}

export interface BodyEvents {
  up(machine: number): void;
  ended(machine: number, ok: boolean): void;
  /** The body is gone, whatever it was doing. */
  died(machine: number): void;
  /** Bodies cannot be started on this machine; there is no point in going on. */
  broken(detail: string): void;
}

/** So many bodies in a row that die before they are ready, and no more are tried. */
const HOPELESS = 3;

/** A process for each machine: a job that ends its process ends its own machine and no other. */
export function ownBodies(spec: HostSpec, events: BodyEvents): Bodies {
  const hosts = new Map<number, HostProcess>();
  const closing = new Set<Promise<void>>();
  let stillborn = 0;
  function stop(machine: number): void {
    const leaving = hosts.get(machine)?.close();
    hosts.delete(machine);
    if (leaving === undefined) return;
    closing.add(leaving);
    void leaving.then(() => closing.delete(leaving));
  }
  return {
    get processes() {
      return hosts.size;
    },
    start(machine) {
      const host = startProcess(spec, {
        ready() {
          stillborn = 0;
          events.up(machine);
        },
        ended: events.ended,
        gone(was, detail) {
          hosts.delete(machine);
          events.died(machine);
          if (was === 'starting' && ++stillborn >= HOPELESS) events.broken(detail);
        },
      });
      hosts.set(machine, host);
    },
    run: (machine, job, attempt) => hosts.get(machine)?.send([[machine, job, attempt]]),
    stop,
    async close() {
      for (const machine of [...hosts.keys()]) stop(machine);
      await Promise.all(closing);
    },
  };
}

interface Seat {
  host: HostProcess;
  /** Orders of this turn of the event loop, or of the time until it is ready: they share a message. */
  outbox: Order[];
  /** Machines whose job it has. */
  readonly busy: Set<number>;
}

/**
 * A few processes that all machines share, so that any number of them fits on one computer. A job that ends its
 * process takes along the jobs of other machines that run there at that moment: all those machines die.
 */
export function sharedBodies(spec: HostSpec, size: number, events: BodyEvents): Bodies {
  const seats: Seat[] = [];
  const unready = new Set<number>();
  let stillborn = 0;

  function occupy(seat: { host?: HostProcess; outbox: Order[]; busy: Set<number> }): Seat {
    const host = startProcess(spec, {
      ready() {
        stillborn = 0;
        flush(whole);
        for (const machine of unready) events.up(machine);
        unready.clear();
      },
      ended(machine, ok) {
        seat.busy.delete(machine);
        events.ended(machine, ok);
      },
      gone(was, detail) {
        const victims = [...seat.busy];
        seat.busy.clear();
        if (was === 'starting' && ++stillborn >= HOPELESS) return events.broken(detail);
        occupy(seat);
        for (const machine of victims) events.died(machine);
      },
    });
    const whole = Object.assign(seat, { host });
    return whole;
  }
  function flush(seat: Seat): void {
    if (seat.host.state !== 'ready' || seat.outbox.length === 0) return;
    for (const [machine] of seat.outbox) seat.busy.add(machine);
    seat.host.send(seat.outbox);
    seat.outbox = [];
  }
  const load = (seat: Seat) => seat.busy.size + seat.outbox.length + (seat.host.state === 'ready' ? 0 : 1e9);

  while (seats.length < size) seats.push(occupy({ outbox: [], busy: new Set() }));
  return {
    get processes() {
      return seats.length;
    },
    start(machine) {
      if (seats.some((seat) => seat.host.state === 'ready')) events.up(machine);
      else unready.add(machine);
    },
    run(machine, job, attempt) {
      const seat = seats.reduce((best, other) => (load(other) < load(best) ? other : best));
      if (seat.outbox.push([machine, job, attempt]) === 1) setImmediate(flush, seat);
    },
    stop: (machine) => void unready.delete(machine),
    async close() {
      await Promise.all(seats.map((seat) => seat.host.close()));
    },
  };
}
