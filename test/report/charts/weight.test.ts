import { expect, it } from 'vitest';
import { readAssets } from '../../../src/cli/reportassets.js';
import { ResultSchema } from '../../../src/core/result.js';
import { reportModel } from '../../../src/report/html/model.js';
import { page } from '../../../src/report/html/page.js';
import { richResult } from '../../support/richresult.js';

const MOST_BYTES = 1_500_000;
const ADAPTERS = ['sqlite', 'redis', 'threads', 'spawn-vm'];

it('4 adapters in 5 scenarios with 12 trials make a page that can be mailed', async () => {
  const rich = richResult();
  const cells = rich.cells
    .filter(({ adapter, id }) => ADAPTERS.includes(adapter.name) && id !== 'early')
    .map((cell) => ({
      ...cell,
      trials: Array.from({ length: 12 }, (_, at) => {
        const trial = cell.trials[at % cell.trials.length];
        // Alike trials would pack too well: every series gets other values.
        const series = Object.entries(trial?.series ?? {}).map(([name, { intervalMs, values }]) => [
          name,
          {
            intervalMs,
            values: values.map((value, place) => Math.round(value * (1 + ((place * 7 + at * 13) % 97) / 300))),
          },
        ]);
        return { ...trial, index: at, block: at, seed: at, series: Object.fromEntries(series) };
      }),
    }));
  const result = ResultSchema.parse({ ...rich, cells });
  const html = page(reportModel([{ label: 'a.json', name: 'a.json', result }]), await readAssets());
  expect(Buffer.byteLength(html)).toBeLessThan(MOST_BYTES);
  expect(new Set(result.cells.map(({ scenario }) => scenario.name)).size).toBe(5);
});
