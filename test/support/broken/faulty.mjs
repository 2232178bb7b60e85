import { z } from 'zod';

/*
 * An embedded queue in memory that keeps its promises, but for the one fault that it is asked for. JavaScript, because
 * the processes of a trial import it.
 */

const options = z.object({
  fault: z
    .enum([
      'none',
      'drops',
      'repeats',
      'early',
      'overlaps',
      'ignores',
      'abandons',
      'miscounts',
      'settlestwice',
      'vanishes',
      'fills',
      'neversettles',
      'ignoresinbulk',
      'lingers',
    ])
    .default('none'),
  /** The job, or each so-manieth job, that the fault befalls. */
  every: z.coerce.number().default(100),
  /** Each so-manieth job is lost beside that; 0 = none. */
  loses: z.coerce.number().default(0),
});

const traits = {
  topology: 'embedded',
  executes: 'loop',
  delivery: 'at-most-once',
  durability: 'memory',
  schedules: true,
  priorities: false,
  retries: true,
  unique: false,
  bulk: false,
};

/** @param defaults options of an adapter that has its fault built in */
export function faulty(defaults = {}) {
  return {
    summary: 'a queue in memory with a fault',
    traits: { ...traits, bulk: defaults.fault === 'ignoresinbulk' },
    options,
    create: async () => ({}),
    connect: async (_address, chosen) => open({ ...options.parse(defaults), ...chosen, ...defaults }),
  };
}

function open({ fault, every, loses }) {
  const waiting = [];
  const timers = new Set();
  const tries = new Map();
  let runner;
  let closed = false;
  let running = 0;
  let taken = 0;
  let idle = () => undefined;

  function refuse(job) {
    if (closed) throw Object.assign(new Error('it is closed'), { code: 'ABORTED' });
    if (fault === 'ignores') return;
    for (const asked of ['priority', 'key', 'backoff']) if (job[asked] !== undefined) throw unsupported(asked);
  }
  function put(job) {
    const befallen = ++taken % every === 0;
    if ((fault === 'drops' && befallen) || (loses > 0 && taken % loses === 0)) return;
    waiting.push(job);
    if (fault === 'repeats' && taken === every) waiting.push(job);
    setImmediate(pump);
  }
  function pump() {
    const limit = fault === 'overlaps' ? runner?.concurrency + 1 : runner?.concurrency;
    const until = performance.now() + 2;
    while (runner !== undefined && running < limit && waiting.length > 0) {
      const job = waiting.shift();
      void execute(job, runner, tries.get(job) ?? 1);
      if (performance.now() > until) return void setImmediate(pump);
    }
  }
  async function execute(job, by, attempt) {
    running++;
    let outcome = 'completed';
    try {
      await by.handle(job, fault === 'miscounts' ? attempt - 1 : attempt);
    } catch {
      outcome = attempt < (job.attempts ?? 1) ? 'retrying' : 'failed';
    }
    running--;
    if (outcome === 'retrying') waiting.push(job);
    if (outcome === 'retrying') tries.set(job, attempt + 1);
    else tries.delete(job);
    if (fault !== 'neversettles') by.settled(job.index, outcome);
    if (fault === 'settlestwice' && job.index % every === 0) by.settled(job.index, outcome);
    if (running === 0) idle();
    setImmediate(pump);
  }
  /** In steps, because a timer waits for less than 2^31 ms, and may fire early. */
  function wait(job, at) {
    const left = at - Date.now();
    if (left <= 0) return put(job);
    const timer = setTimeout(
      () => {
        timers.delete(timer);
        wait(job, at);
      },
      Math.min(left, 1e9),
    );
    timers.add(timer);
  }

  return {
    async enqueue(job) {
      if (fault === 'vanishes' && taken >= every) throw Object.assign(new Error('it is gone'), { code: 'ENVIRONMENT' });
      if (fault === 'fills' && taken >= every) throw new Error('the disk is full');
      refuse(job);
      put(job);
    },
    ...(fault === 'ignoresinbulk' && {
      async enqueueMany(jobs) {
        for (const job of jobs) put(job);
      },
    }),
    async enqueueAt(job, at) {
      refuse(job);
      wait(job, fault === 'early' ? at - 5 : at);
    },
    async run(next) {
      runner = next;
      setImmediate(pump);
      await new Promise((resolve) => next.signal.addEventListener('abort', resolve, { once: true }));
      if (fault === 'lingers' && waiting.length > 0) void execute(waiting.shift(), next, 1);
      runner = undefined;
      if (running > 0 && fault !== 'abandons') await new Promise((resolve) => (idle = resolve));
    },
    depth: async () => waiting.length + running + timers.size,
    async close() {
      closed = true;
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

function unsupported(what) {
  return Object.assign(new Error(`${what} is not supported`), { code: 'UNSUPPORTED' });
}
