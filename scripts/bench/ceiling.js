import { digits, median, rangeText, ratios, reached, skipped } from './numbers.js';
import { ADAPTERS, contestant, load } from './setup.js';

const LEAST = 5;

/** What `memory` carries, producers and workers at once, against every other adapter: the throughput scenario as users run it. */
export async function ceiling({ rounds, say }) {
  const { measure } = await load('engine/run.js');
  const { loadScenario } = await load('engine/registry.js');
  const scenario = await loadScenario('throughput');
  const contestants = await Promise.all(Object.keys(ADAPTERS).map(contestant));
  const request = {
    id: 'self',
    version: '0',
    contestants,
    questions: [{ name: 'throughput', scenario, paramSets: [scenario.params.parse({ duration: 500, warmup: 400 })] }],
    profile: 'quick',
    trials: rounds,
    seed: 1,
    timeoutMs: 60_000,
    allowRemote: false,
    keep: false,
    command: [],
  };
  const observer = { status: say, note: say };
  const result = await measure(request, observer, { trial() {} }, new AbortController().signal);
  const rates = new Map(result.cells.map((cell) => [cell.adapter.name, ratesOf(cell)]));
  const floor = rates.get('memory');
  const others = [...rates].filter(([name]) => name !== 'memory').map(([name, rate]) => ({ name, rate }));
  if (typeof floor === 'string') return [skipped('memory pipeline', floor)];
  const measured = others
    .filter(({ rate }) => typeof rate !== 'string')
    .sort((a, b) => median(b.rate) - median(a.rate));
  const rows = measured.map(({ name, rate }, place) => {
    const ratio = ratios(floor, rate);
    return {
      what: place === 0 ? `ceiling: pipeline, fastest adapter (${name})` : `ceiling: pipeline, ${name}`,
      ours: `memory: ${digits(median(floor))} jobs/s`,
      against: `${name}: ${digits(median(rate))} jobs/s`,
      ratio: rangeText(ratio, (value) => value.toFixed(1)),
      target: `>= ${LEAST}`,
      verdict: reached(ratio.middle >= LEAST),
    };
  });
  const missing = others.filter(({ rate }) => typeof rate === 'string');
  return [...rows, ...missing.map(({ name, rate }) => skipped(`ceiling: pipeline, ${name}`, rate))];
}

/** A value per block, or why there are none. */
function ratesOf(cell) {
  if (cell.status !== 'ok') return cell.reason ?? cell.error?.message ?? cell.reasons?.join('; ') ?? cell.status;
  return [...cell.trials].sort((a, b) => a.block - b.block).map((trial) => trial.values.pipeline_rate);
}
