import type { Adapter, Session } from '../../core/adapter.js';
import { type RunMs, runClock } from '../../core/clock.js';
import type { HostSpec } from '../../core/host.js';
import { logName, type ProcessPlan } from '../../core/plan.js';
import type { Usage } from '../../core/timeline.js';
import { answersOf, sessionFrom } from '../answers.js';
import type { Calls, FinalReport, PhaseOrder, PhaseReport, Verb } from '../protocol.js';
import { settledCount } from './backlog.js';
import { type Hiccups, hiccupProbe } from './hiccups.js';
import type { LoadGenerator } from './load.js';
import { openProducer, producedLog } from './producer.js';
import { usageMeter } from './usage.js';
import { openWeb } from './web.js';
import { openWorker } from './worker.js';

/** The roles that one event loop plays, ready to be told what to do. */
export interface Roles {
  readonly calls: { [V in Verb]: (argument: Calls[V]['argument']) => Promise<Calls[V]['result']> };
  /** Jobs settled so far, everywhere. */
  relay(settled: number): void;
}

/** @param progress told now and then how many jobs have settled here; @param crashed told when `run` ends by itself */
export async function openRoles(
  plan: ProcessPlan,
  thread: 'main' | 'inner',
  progress: (settled: number) => void,
  crashed: (error: unknown) => void,
): Promise<Roles> {
  const clock = runClock(plan.epoch);
  const meter = usageMeter(thread, plan.web ? 'watched' : 'left alone', clock);
  const usage: Usage[] = [];
  const everywhere = settledCount();
  const hiccups = hiccupProbe();
  const session = plan.producer || plan.worker ? await connect(plan) : undefined;
  const answers = session && answersOf(plan.adapter.name, session);
  const both = plan.producer !== undefined && plan.worker !== undefined && plan.threads.length === 0;
  const counted = both ? (total: number) => everywhere.set(total) : () => undefined;
  const settledHere = throttled(progress);
  const worker =
    session && plan.worker
      ? openWorker(
          session,
          hostSpec(plan),
          plan.worker.concurrency,
          clock,
          (total) => {
            counted(total);
            settledHere.set(total);
          },
          crashed,
        )
      : undefined;
  const producer =
    session && plan.producer
      ? openProducer({ ...plan, producer: plan.producer }, session, clock, everywhere, hiccups)
      : undefined;
  const writeProduced = () => producer?.log.write(producedLog(plan));
  // A job that ends the process, or never ends, must not take with it how many were enqueued.
  process.on('exit', writeProduced);
  const web = plan.web ? await openWeb({ ...plan, web: plan.web }) : undefined;
  const load = plan.load ? await loadGenerator({ ...plan, load: plan.load }, clock, hiccups) : undefined;

  async function phase(order: PhaseOrder): Promise<PhaseReport> {
    meter.begin();
    const { jobs, web: requests } = order;
    const [produced] = await Promise.all([
      producer && jobs ? producer.produce({ ...order, jobs }) : { planned: 0, accepted: 0, errors: [] },
      load && requests ? load.generate({ ...order, web: requests }) : undefined,
    ]);
    return produced;
  }

  async function finish(): Promise<FinalReport> {
    settledHere.stop();
    await worker?.stop();
    const observation = answers?.observe();
    await session?.close();
    worker?.close();
    process.off('exit', writeProduced);
    writeProduced();
    await load?.close();
    await web?.close();
    meter.close();
    const cpu = process.cpuUsage();
    return {
      usage,
      produced: producer?.ranges ?? [],
      ...(observation && { observation }),
      totalCpuMs: thread === 'main' ? (cpu.user + cpu.system) / 1000 : 0,
    };
  }

  return {
    relay: (settled) => {
      if (!both) everywhere.set(settled);
    },
    calls: {
      ping: async () => clock(),
      async work(order) {
        if (order.to === 'off') {
          await worker?.stop();
          settledHere.stop();
          return undefined;
        }
        worker?.start();
        if (worker) await session?.ready?.(order.withinMs);
        return undefined;
      },
      phase,
      async over(name) {
        const read = meter.end(plan.name, name);
        const seen = hiccups.take();
        if (read) usage.push({ ...read, ...(seen.count > 0 && { hiccups: seen }) });
        return undefined;
      },
      depth: async () => answers?.depth(),
      queries: async () => answers?.queries(),
      effective: async () => answers?.effective() ?? {},
      finish,
    },
  };
}

/** The HTTP client is slow to load, and only one process of a trial needs it. */
async function loadGenerator(
  plan: ProcessPlan & { readonly load: NonNullable<ProcessPlan['load']> },
  clock: () => RunMs,
  hiccups: Hiccups,
): Promise<LoadGenerator> {
  const { openLoad } = await import('./load.js');
  return openLoad(plan, clock, hiccups);
}

async function connect(plan: ProcessPlan): Promise<Session> {
  const { default: adapter } = (await import(plan.adapter.module)) as { default: Adapter };
  return sessionFrom(plan.adapter.name, await adapter.connect(plan.address, plan.adapter.options));
}

function hostSpec(plan: ProcessPlan): HostSpec {
  return {
    module: new URL('../../work/handler.js', import.meta.url).href,
    epoch: plan.epoch,
    logDir: plan.logDir,
    name: logName(plan),
    ...(plan.log && { log: plan.log }),
    spinsPerMs: plan.spinsPerMs,
    appDb: plan.appDb,
  };
}

const PROGRESS_EVERY_MS = 20;

/** Passes a count on at most every 20 ms, and only when it changed: an idle worker wakes up for nothing of ours. */
function throttled(send: (total: number) => void) {
  let total = 0;
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    timer = undefined;
    send(total);
  };
  return {
    set(value: number) {
      total = value;
      timer ??= setTimeout(flush, PROGRESS_EVERY_MS);
    },
    stop() {
      if (timer === undefined) return;
      clearTimeout(timer);
      flush();
    },
  };
}
