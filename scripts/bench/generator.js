import { loadavg } from 'node:os';
import { interleave, median, rangeText, reached, spread } from './numbers.js';
import { contestant, load } from './setup.js';

const RATE = 10_000;
const LENGTH_MS = 3000;
const MOST_MS = 1;

/** How late the open-loop generator is, beside a loop that does nothing but watch the clock: what the machine allows. */
export async function generator({ rounds, workshop, say }) {
  const memory = await contestant('memory');
  const seen = await interleave(rounds, { generator: () => lags(memory, workshop), machine: () => gaps() }, (what) =>
    say(`generator: ${what}`),
  );
  const load1 = loadavg()[0].toFixed(1);
  const row = (q, limit) => {
    const ours = seen.generator[q];
    const late = median(ours);
    return {
      what: `generator: ${RATE.toLocaleString('en-US')} jobs/s, lag ${q}`,
      ours: `${text(spread(ours))} ms`,
      against: `a bare setImmediate loop: ${text(spread(seen.machine[q]))} ms (load average ${load1})`,
      ratio: '',
      target: limit === undefined ? '' : `<= ${limit} ms`,
      verdict: limit === undefined ? '' : reached(late <= limit),
    };
  };
  return [row('p50'), row('p99', MOST_MS)];
}

const text = (range) => rangeText(range, (value) => value.toFixed(3));

/** Lag of the generator behind its own schedule, in ms. */
export async function lags({ adapter, ref, traits }, workshop) {
  const { runTrial } = await load('engine/trial.js');
  const { span } = await load('scenarios/common/spans.js');
  const { quantile } = await load('stats/quantile.js');
  const open = (durationMs) => ({ kind: 'open', arrivals: 'poisson', ratePerS: RATE, durationMs });
  const phases = [
    { name: 'warm-up', workers: 'on', jobs: open(1000), until: 'settled' },
    { name: 'open', workers: 'on', jobs: open(LENGTH_MS), until: 'settled' },
  ];
  const work = { kind: 'noop' };
  const layout = { producers: 1, workers: 1, concurrency: 5, work, payloadBytes: 256, attempts: 1, phases };
  const fixed = { runId: 'self', seed: 1, timeoutMs: 60_000, spinsPerMs: 1, allowRemote: false, keep: false };
  const request = { ...fixed, name: 't', adapter, ref, traits, layout, scratchRoot: workshop.scratch() };
  const { failure, timeline } = await runTrial(request, new AbortController().signal);
  if (failure) throw failure;
  const lag = span(timeline, 'open', 'due', 'called');
  return { p50: quantile(lag, 0.5), p99: quantile(lag, 0.99) };
}

/** How long an arrival at a random moment waits for the next turn of an otherwise empty event loop, for as long. */
export async function gaps() {
  const { quantile } = await load('stats/quantile.js');
  const waits = [];
  const end = performance.now() + LENGTH_MS;
  let due = performance.now();
  while (due < end) {
    await new Promise((resolve) => setImmediate(resolve));
    const now = performance.now();
    while (due <= now) {
      waits.push(now - due);
      due += (-Math.log(1 - Math.random()) * 1000) / RATE;
    }
  }
  return { p50: quantile(waits, 0.5), p99: quantile(waits, 0.99) };
}
