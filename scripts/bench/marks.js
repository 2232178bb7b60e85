import { join } from 'node:path';
import { digits, median, reached } from './numbers.js';
import { load } from './setup.js';

const MARKS = 10_000_000;
/** The longest stretch of so many appends is what a job could have met. */
const STRETCH = 1_000;
const PAUSE_MS = 10;
const JOBS = 1_000_000;
const MERGE_S = 2;

/** What an event log costs while it grows, and what its jobs cost afterwards: merged into a timeline, with percentiles. */
export async function marks({ rounds, workshop, say }) {
  const { columnLog } = await load('work/eventlog.js');
  say(`${MARKS.toLocaleString('en-US')} marks`);
  const grown = Array.from({ length: rounds }, () => grow(columnLog()));
  say(`merging ${JOBS.toLocaleString('en-US')} jobs`);
  const seconds = [];
  for (let round = 0; round < rounds; round++) seconds.push(await merged(workshop.scratch(), columnLog));
  const [worst, each, took] = [
    median(grown.map((one) => one.worstMs)),
    median(grown.map((one) => one.ns)),
    median(seconds),
  ];
  return [
    {
      what: `event log of ${MARKS.toLocaleString('en-US')} marks: longest of ${STRETCH.toLocaleString('en-US')} appends`,
      ours: `${digits(worst)} ms`,
      against: `${digits(each)} ns a mark`,
      ratio: '',
      target: `<= ${PAUSE_MS} ms`,
      verdict: reached(worst <= PAUSE_MS),
    },
    {
      what: `merge and percentiles of ${JOBS.toLocaleString('en-US')} jobs`,
      ours: `${digits(took)} s`,
      against: '',
      ratio: '',
      target: `<= ${MERGE_S} s`,
      verdict: reached(took <= MERGE_S),
    },
  ];
}

function grow(log) {
  let worstMs = 0;
  const from = performance.now();
  for (let done = 0; done < MARKS; done += STRETCH) {
    const before = performance.now();
    for (let i = 0; i < STRETCH; i++) log.append(done + i, before + i);
    worstMs = Math.max(worstMs, performance.now() - before);
  }
  return { worstMs, ns: ((performance.now() - from) * 1e6) / MARKS };
}

/** Logs as a producer and a worker leave them, and all percentiles of the latency scenario. */
async function merged(logDir, columnLog) {
  const { mergeLogs } = await load('engine/merge.js');
  const { LOGS } = await load('work/logs.js');
  const { default: latency } = await load('scenarios/latency.js');
  const logs = { produced: columnLog(), executed: columnLog(), settled: columnLog() };
  for (let i = 0; i < JOBS; i++) {
    logs.produced.end(logs.produced.append(i, i / 1000), i / 1000 + 0.1, 1);
    logs.executed.end(logs.executed.append(i, i / 1000 + 0.2), i / 1000 + 0.3, 1);
    logs.settled.append(i, i / 1000 + 0.4 + ((i * 7919) % 1000) / 1000, 1);
  }
  for (const [kind, log] of Object.entries(logs)) log.write(join(logDir, `a${LOGS[kind]}`));
  const window = { name: 'open', startMs: 0, producedMs: JOBS / 1000, endMs: JOBS / 1000 + 10 };
  const recorded = {
    logDir,
    epoch: { runNs: 0n, wallMs: 0 },
    seed: 1,
    phases: [{ name: 'open', workers: 'on', until: 'settled' }],
    windows: [window],
    produced: [[{ phase: 'open', from: 0, to: JOBS }]],
    usage: [],
    strikes: [],
    calls: [],
    observations: [],
    storeBytes: 0,
  };
  const from = performance.now();
  latency.measure(mergeLogs(recorded), latency.params.parse({}));
  return (performance.now() - from) / 1000;
}
