import { z } from 'zod';

/*
 * An embedded queue in memory that promises all that a queue in memory can, and keeps it, but for the one fault that it
 * is asked for. JavaScript, because the processes of a trial import it.
 */

const MOST_BYTES = 200_000;
const FAULTS = [
  'none',
  'dropsathousandth',
  'amillisecondearly',
  'overflows',
  'masks',
  'forgetsfar',
  'cutsseconds',
  'swaps',
  'reversesbursts',
  'reversesbulk',
  'inverted',
  'starves',
  'onemore',
  'impatient',
  'linear',
  'races',
  'keepskeys',
  'truncates',
  'strips',
  'mangles',
  'takeslarge',
  'takesapart',
  'shares',
  'renames',
  'chokes',
  'blocks',
  'buries',
  'acceptsclosed',
  'hangsclosed',
];

const options = z.object({ fault: z.enum(FAULTS).default('none') });

const traits = {
  topology: 'embedded',
  executes: 'loop',
  delivery: 'at-most-once',
  durability: 'memory',
  schedules: true,
  priorities: true,
  retries: true,
  backoff: true,
  unique: true,
  fifo: true,
  bulk: true,
  maxPayloadBytes: MOST_BYTES,
};

export default {
  summary: 'a queue in memory that promises all, with a fault',
  traits,
  options,
  create: async () => ({}),
  connect: async (_address, chosen) => open(chosen.fault ?? 'none'),
};

/** What `shares` has instead of a list for each queue. */
const common = [];

function open(fault) {
  const waiting = fault === 'shares' ? common : [];
  const due = [];
  const burst = [];
  const keys = new Set();
  let dead = 0;
  let taken = 0;
  let running = 0;
  let runner;
  let state = 'open';
  let idle = () => undefined;
  let asleep = false;
  let timer;

  function accept(job) {
    if (state === 'closed') throw refusal('ABORTED', 'it is closed');
    if (fault !== 'takeslarge' && Buffer.byteLength(job.payload) > MOST_BYTES)
      throw refusal('UNSUPPORTED', 'too large');
  }
  async function wanted(job) {
    const there = keys.has(job.key);
    if (fault === 'races') await new Promise((resolve) => setImmediate(resolve));
    keys.add(job.key);
    return !there;
  }
  function put(entry) {
    if (fault === 'dropsathousandth' && ++taken % 1000 === 0) return;
    waiting.push(entry);
    if (fault === 'swaps' && waiting.length > 1 && ++taken % 10 === 0) waiting.push(...waiting.splice(-2).reverse());
    setImmediate(pump);
  }
  /** Calls of one turn are put in together, the last of them first. */
  function untilBurstIs(enter) {
    return new Promise((resolve) => {
      const last = () => {
        enter();
        resolve();
      };
      if (burst.push(last) > 1) return;
      setImmediate(() => {
        for (const each of burst.splice(0).reverse()) each();
      });
    });
  }
  /** The first of those that are most urgent. */
  function next() {
    const urgency = ({ job }) => (fault === 'starves' ? 0 : (job.priority ?? 0) * (fault === 'inverted' ? -1 : 1));
    let best = 0;
    for (let i = 1; i < waiting.length; i++) if (urgency(waiting[i]) < urgency(waiting[best])) best = i;
    return waiting.splice(best, 1)[0];
  }
  function pump() {
    const until = performance.now() + 2;
    while (runner !== undefined && !asleep && running < runner.concurrency && waiting.length > 0) {
      void execute(next(), runner);
      if (performance.now() > until) return void setImmediate(pump);
    }
  }
  async function execute({ job, attempt }, by) {
    running++;
    if (fault === 'blocks' && job.work.kind === 'hang') asleep = true;
    let outcome = 'completed';
    try {
      await by.handle(carried(job), attempt);
    } catch (error) {
      if (fault === 'chokes' && error.message.length > 100_000) asleep = true;
      const most = (job.attempts ?? 1) + (fault === 'onemore' && (job.attempts ?? 1) > 1 ? 1 : 0);
      outcome = attempt < most ? 'retrying' : 'failed';
    }
    running--;
    if (outcome === 'retrying') retry(job, attempt);
    else if (fault !== 'keepskeys') keys.delete(job.key);
    if (outcome === 'failed' && fault !== 'buries') dead++;
    by.settled(job.index, outcome);
    if (running === 0) idle();
    setImmediate(pump);
  }
  function retry(job, attempt) {
    const again = { job, attempt: attempt + 1 };
    const { type = 'fixed', ms = 0 } = job.backoff ?? {};
    const wait = type === 'fixed' || fault === 'linear' ? ms : ms * 2 ** (attempt - 1);
    if (wait === 0 || fault === 'impatient') put(again);
    else later(again, Date.now() + wait + 1);
  }
  function carried(job) {
    const { payload, queue } = job;
    if (fault === 'truncates') return { ...job, payload: payload.slice(0, 2 ** 16) };
    if (fault === 'strips') return { ...job, payload: payload.replaceAll('\u0000', '') };
    if (fault === 'mangles') return { ...job, payload: payload.toWellFormed() };
    return fault === 'renames' ? { ...job, queue: `${queue}_` } : job;
  }
  function later(entry, at) {
    if (fault === 'forgetsfar' && at - Date.now() >= 2 ** 31) return;
    if (fault === 'overflows') return void setTimeout(put, at - Date.now(), entry).unref();
    const before = due.findIndex((other) => other.at > at);
    due.splice(before < 0 ? due.length : before, 0, { entry, at });
    if (fault !== 'masks' || timer === undefined) arm(); // its timer is set for whichever was first
  }
  /** In steps, because a timer waits for less than 2^31 ms, and may fire early: the last bit by looking at the clock. */
  function arm() {
    clearTimeout(timer);
    while (due.length > 0 && due[0].at <= Date.now()) put(due.shift().entry);
    if (due.length === 0) return;
    const left = due[0].at - Date.now();
    if (left < 2) setImmediate(arm);
    else timer = setTimeout(arm, Math.min(left - 1, 1e9));
  }
  function dueOf(at) {
    if (fault === 'cutsseconds') return Math.floor(at / 1000) * 1000;
    return Math.ceil(at) - (fault === 'amillisecondearly' ? 1 : 0);
  }
  /** What a closed session does, where that is the fault; otherwise nothing. */
  function closedAnswer() {
    if (state !== 'closed') return undefined;
    if (fault === 'acceptsclosed') return Promise.resolve();
    return fault === 'hangsclosed' ? new Promise(() => undefined) : undefined;
  }

  return {
    async enqueue(job) {
      const answer = closedAnswer();
      if (answer !== undefined) return answer;
      accept(job);
      if (fault === 'reversesbursts') await untilBurstIs(() => put({ job, attempt: 1 }));
      else if (job.key === undefined || (await wanted(job))) put({ job, attempt: 1 });
    },
    async enqueueAt(job, at) {
      accept(job);
      if (job.key === undefined || (await wanted(job))) later({ job, attempt: 1 }, dueOf(at));
    },
    async enqueueMany(jobs) {
      if (fault !== 'takesapart') for (const job of jobs) accept(job);
      for (const job of fault === 'reversesbulk' ? jobs.toReversed() : jobs) {
        accept(job);
        if (job.key === undefined || (await wanted(job))) put({ job, attempt: 1 });
      }
    },
    async run(given) {
      runner = given;
      setImmediate(pump);
      await new Promise((resolve) => given.signal.addEventListener('abort', resolve, { once: true }));
      runner = undefined;
      if (running > 0) await new Promise((resolve) => (idle = resolve));
    },
    depth: async () => waiting.length + running + due.length,
    dead: async () => dead,
    async close() {
      state = 'closed';
      runner = undefined;
      clearTimeout(timer);
      due.length = 0;
    },
  };
}

function refusal(code, message) {
  return Object.assign(new Error(message), { code });
}
