import { join } from 'node:path';
import { Pool } from 'undici';
import type { RunMs } from '../../core/clock.js';
import type { WebLoad } from '../../core/layout.js';
import type { ProcessPlan } from '../../core/plan.js';
import { type ColumnLog, columnLog } from '../../work/eventlog.js';
import { LOGS } from '../../work/logs.js';
import { webArrivals } from '../arrivals.js';
import { type CallError, callError, type PhaseOrder, type PhaseReport } from '../protocol.js';
import type { Hiccups } from './hiccups.js';
import { pace, until } from './pacer.js';

/** Connections kept at most; requests beyond them wait inside the client, and their wait counts. */
const CONNECTIONS = 256;
const REQUEST_TIMEOUT_MS = 20_000;

/** The load role: requests at the plan's pace, each timed from the instant it was due. */
export interface LoadGenerator {
  generate(order: PhaseOrder & { readonly web: WebLoad }): Promise<PhaseReport>;
  close(): Promise<void>;
}

export function openLoad(
  plan: ProcessPlan & { readonly load: NonNullable<ProcessPlan['load']> },
  clock: () => RunMs,
  hiccups?: Hiccups,
): LoadGenerator {
  const pool = new Pool('http://web', {
    socketPath: plan.load.socket,
    connections: CONNECTIONS,
    pipelining: 1,
    headersTimeout: REQUEST_TIMEOUT_MS,
    bodyTimeout: REQUEST_TIMEOUT_MS,
  });

  async function request(log: ColumnLog, ordinal: number, errors: CallError[]): Promise<void> {
    const row = log.append(ordinal, clock());
    try {
      const { statusCode, body } = await pool.request({ method: 'GET', path: '/' });
      await body.dump();
      log.end(row, clock(), statusCode === 200 ? 1 : 2);
    } catch (error) {
      log.end(row, clock(), 2);
      if (errors.length < 3) errors.push(callError(error));
    }
  }

  async function open(log: ColumnLog, load: WebLoad, order: PhaseOrder, errors: CallError[]): Promise<void> {
    const times = webArrivals(load, plan.seed, order.name).map((at) => at + order.startMs);
    const calls: Promise<void>[] = [];
    let unanswered = 0;
    const answered = () => void unanswered--;
    const fire = (k: number) => {
      unanswered++;
      calls.push(request(log, k, errors).then(answered));
    };
    await pace(times, clock, fire, { hiccups, quiet: () => unanswered === 0 });
    await Promise.all(calls);
  }

  async function closed(log: ColumnLog, load: WebLoad, order: PhaseOrder, errors: CallError[]): Promise<void> {
    await until(order.startMs, clock);
    const end = order.startMs + load.durationMs;
    let ordinal = 0;
    const lane = async () => {
      while (clock() < end) await request(log, ordinal++, errors);
    };
    await Promise.all(Array.from({ length: load.rate }, lane));
  }

  return {
    async generate(order) {
      const log = columnLog();
      const errors: CallError[] = [];
      await (order.web.arrivals === 'closed' ? closed : open)(log, order.web, order, errors);
      log.write(join(plan.logDir, `${order.name}${LOGS.requested}`));
      return { planned: log.rows, accepted: log.rows, errors };
    },
    close: () => pool.destroy(),
  };
}
