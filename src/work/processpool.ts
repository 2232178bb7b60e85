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
  ended(machine: number, job: Job, ok: boolean): void;
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
  const tickets = openTickets();
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
        ended(ticket, ok) {
          const order = tickets.back(ticket);
          if (order !== undefined) events.ended(...order, ok);
        },
        gone(was, detail) {
          hosts.delete(machine);
          events.died(machine);
          if (was === 'starting' && ++stillborn >= HOPELESS) events.broken(detail);
        },
      });
      hosts.set(machine, host);
    },
    run: (machine, job, attempt) => hosts.get(machine)?.send([[tickets.issue(machine, job), job, attempt]]),
    stop,
    async close() {
      for (const machine of [...hosts.keys()]) stop(machine);
      await Promise.all(closing);
    },
  };
}

/** Numbers of orders: a machine may run several jobs at once, and an answer names only the order. */
function openTickets() {
  const open = new Map<number, readonly [machine: number, job: Job]>();
  let issued = 0;
  return {
    issue(machine: number, job: Job): number {
      open.set(++issued, [machine, job]);
      return issued;
    },
    machineOf: (ticket: number) => open.get(ticket)?.[0] ?? 0,
    back(ticket: number): readonly [machine: number, job: Job] | undefined {
      const order = open.get(ticket);
      open.delete(ticket);
      return order;
    },
  };
}

interface Seat {
  host: HostProcess;
  /** Orders of this turn of the event loop, or of the time until it is ready: they share a message. */
  outbox: Order[];
  /** Orders that it has, and the machine of each. */
  readonly busy: Map<number, number>;
}

/**
 * A few processes that all machines share, so that any number of them fits on one computer. A job that ends its
 * process takes along the jobs of other machines that run there at that moment: all those machines die.
 */
export function sharedBodies(spec: HostSpec, size: number, events: BodyEvents): Bodies {
  const seats: Seat[] = [];
  const unready = new Set<number>();
  const tickets = openTickets();
  let stillborn = 0;

  function occupy(seat: { host?: HostProcess; outbox: Order[]; busy: Map<number, number> }): Seat {
    const host = startProcess(spec, {
      ready() {
        stillborn = 0;
        flush(whole);
        for (const machine of unready) events.up(machine);
        unready.clear();
      },
      ended(ticket, ok) {
        seat.busy.delete(ticket);
        const order = tickets.back(ticket);
        if (order !== undefined) events.ended(...order, ok);
      },
      gone(was, detail) {
        const victims = new Set(seat.busy.values());
        for (const ticket of seat.busy.keys()) tickets.back(ticket);
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
    for (const [ticket] of seat.outbox) seat.busy.set(ticket, tickets.machineOf(ticket));
    seat.host.send(seat.outbox);
    seat.outbox = [];
  }
  const load = (seat: Seat) => seat.busy.size + seat.outbox.length + (seat.host.state === 'ready' ? 0 : 1e9);

  while (seats.length < size) seats.push(occupy({ outbox: [], busy: new Map() }));
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
      if (seat.outbox.push([tickets.issue(machine, job), job, attempt]) === 1) setImmediate(flush, seat);
    },
    stop: (machine) => void unready.delete(machine),
    async close() {
      await Promise.all(seats.map((seat) => seat.host.close()));
    },
  };
}
