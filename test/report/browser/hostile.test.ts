import { expect, it } from 'vitest';
import { readAssets } from '../../../src/cli/reportassets.js';
import { standingsOf } from '../../../src/compare/standings.js';
import { type ResultFile, ResultSchema } from '../../../src/core/result.js';
import { reportModel } from '../../../src/report/html/model.js';
import { page as pageOf } from '../../../src/report/html/page.js';
import { type Chromium, describeInChromium } from '../../support/browser.js';
import { HOSTILE } from '../../support/hostile.js';
import { richResult } from '../../support/richresult.js';

const assets = await readAssets();
const rich = richResult();
/** What the sections need, and no more: there are many pages to make. */
const kept = { 'throughput sqlite': 2, 'latency spawn-vm': 1, 'scheduled hasty': 1, 'contention sqlite': 2 };
const small = {
  ...rich,
  cells: Object.entries(kept).flatMap(([name, count]) =>
    rich.cells.filter(({ scenario, adapter }) => `${scenario.name} ${adapter.label}` === name).slice(0, count),
  ),
};
/** Three files a page, each with a text of its own in every field. */
const TOGETHER = 3;
const groups = Array.from({ length: Math.ceil(HOSTILE.length / TOGETHER) }, (_, at) =>
  HOSTILE.slice(at * TOGETHER, (at + 1) * TOGETHER),
);

describeInChromium('a report of hostile texts in Chromium', (chromium: Chromium) => {
  it('has many of them', () => expect(new Set(HOSTILE).size).toBeGreaterThanOrEqual(60));

  it.each(groups.map((texts) => ({ texts })))('runs no script: $texts', async ({ texts }) => {
    const files = texts.map((text) => ({ label: text, name: text, result: ResultSchema.parse(poisoned(small, text)) }));
    const model = reportModel(files, { standings: files.map((file) => standingsOf(file.result)) });
    const { page, misdeeds } = await chromium.open(pageOf(model, assets));
    const seen = await page.evaluate<Seen>(LOOK);
    expect(seen).toMatchObject({ ran: false, strays: 0, handlers: 0 });
    expect(seen.sections).toBeGreaterThan(8);
    expect(misdeeds).toEqual([]);
    await page.context().close();
  });
});

interface Seen {
  readonly ran: boolean;
  readonly strays: number;
  readonly handlers: number;
  readonly sections: number;
}

/** Runs in the page: what a text has added to it. uPlot sets styles by script, which a policy allows. */
const LOOK = `(() => {
  const acts = (one, name) => name.startsWith('on') || (name === 'style' && one.closest('.uplot') === null);
  return {
    ran: 'pwned' in globalThis,
    strays: document.querySelectorAll('iframe, object, embed, img, link, base, form, main script, main style').length,
    handlers: [...document.querySelectorAll('*')].filter((one) => one.getAttributeNames().some((name) => acts(one, name)))
      .length,
    sections: document.querySelectorAll('main > section').length,
  };
})()`;

/** Fields whose values are words of ours, or data that is no text to read. */
const FIXED = ['format', 'status', 'better', 'histograms', 'version'];

/** The text in every string field of a file, each time a little different, and as the name of one more of everything. */
function poisoned(result: ResultFile, text: string): unknown {
  let made = 0;
  const inside = (value: unknown, key: string): unknown => {
    if (FIXED.includes(key) && key !== 'histograms') return value;
    if (typeof value === 'string') return `${text}${made++ % 7}`;
    if (Array.isArray(value)) return value.map((item) => inside(item, key));
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).map(([name, item]) => [
      name,
      key === 'histograms' ? item : inside(item, name),
    ]);
    const [, first] = entries[0] ?? [];
    const open = [
      'values',
      'metrics',
      'summary',
      'params',
      'series',
      'histograms',
      'versions',
      'effective',
      'observed',
    ];
    return Object.fromEntries(open.includes(key) && first !== undefined ? [...entries, [text, first]] : entries);
  };
  return inside(result, '');
}
