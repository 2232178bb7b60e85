import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { readAssets } from '../../../src/cli/reportassets.js';
import { standingsOf } from '../../../src/compare/standings.js';
import { renderCsv } from '../../../src/report/csv.js';
import { renderHgrm } from '../../../src/report/hgrm.js';
import { reportModel } from '../../../src/report/html/model.js';
import { page as pageOf } from '../../../src/report/html/page.js';
import { spanOf } from '../../../src/report/html/spans.js';
import { type Chromium, describeInChromium } from '../../support/browser.js';
import { richResult } from '../../support/richresult.js';

const result = richResult();
const files = [{ label: 'reference.json', name: 'reference.json', result }];
const html = pageOf(reportModel(files, { standings: [standingsOf(result)] }), await readAssets());
/** A folder for pictures of every width in both themes, to be looked at. */
const pictures = process.env.JOBBENCH_PICTURES;

const CHARTS = ['throughput', 'latency', 'distribution', 'series', 'sweeps', 'contention', 'lateness', 'fleet', 'cost'];

describeInChromium('a report in Chromium', (chromium: Chromium) => {
  it.each((['light', 'dark'] as const).flatMap((theme) => [360, 1024, 1600].map((width) => ({ theme, width }))))(
    'asks for nothing and says nothing, $theme and $width px wide, and nothing is wider than the screen',
    async (looking) => {
      const { page, misdeeds } = await chromium.open(html, looking);
      const plot = page.locator('#latency .plot canvas').first();
      await plot.waitFor();
      expect(await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
      const box = await plot.boundingBox();
      expect(box?.width).toBeGreaterThan(0.6 * Math.min(looking.width, 1100));
      const paper = await page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
      expect(luminance(paper) > 0.5 ? 'light' : 'dark').toBe(looking.theme);
      if (pictures !== undefined) await take(page, `${looking.theme}-${looking.width}`);
      expect(misdeeds).toEqual([]);
      await page.context().close();
    },
  );

  it('is on paper what can be read there: no buttons, every column with its name, nothing that sticks', async () => {
    const { page } = await chromium.open(html, { theme: 'dark' });
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('#matrix-tools').isVisible()).toBe(false);
    const styles = (selector: string, property: string) =>
      page.evaluate<string[]>(
        `[...document.querySelectorAll('${selector}')].map((one) => getComputedStyle(one).getPropertyValue('${property}'))`,
      );
    // Chromium leaves out buttons where it repeats the head of a table on the next page.
    expect(new Set(await styles('#matrix .sort', 'display'))).toEqual(new Set(['contents']));
    expect(new Set(await styles('#matrix th', 'position'))).toEqual(new Set(['static']));
    await page.context().close();
  });

  it('is no larger on paper where a line leaves its plot by millions of heights', async () => {
    const [plain, far] = await Promise.all([bytesOnPaper(result), bytesOnPaper(withFarWarmUp())]);
    expect(far).toBeLessThan(1.5 * plain);
  });

  async function bytesOnPaper(of: typeof result): Promise<number> {
    const model = reportModel([{ label: 'r.json', name: 'r.json', result: of }], { standings: [standingsOf(of)] });
    const { page } = await chromium.open(pageOf(model, await readAssets()));
    await page.locator('#series .plot canvas').first().waitFor();
    const { length } = await page.pdf();
    await page.context().close();
    return length;
  }

  it('has every section that there is data for, and shows tables where no script runs', async () => {
    const { page } = await chromium.open(html, { scripts: 'off' });
    const there = await page.locator('main > section').evaluateAll((all) => all.map(({ id }) => id));
    expect(there).toEqual(expect.arrayContaining(CHARTS));
    const rows = page.locator('#latency [role="tabpanel"]:nth-of-type(4) tbody tr');
    expect(await rows.count()).toBeGreaterThan(3);
    expect(await rows.first().isVisible()).toBe(true);
    expect(await page.locator('#latency .plot').first().isVisible()).toBe(false);
    await page.context().close();
  });

  it('has tabs that arrow keys move between', async () => {
    const { page, misdeeds } = await chromium.open(html);
    const tabs = page.locator('#latency [role="tab"]');
    const chosen = () =>
      tabs.evaluateAll((all) => all.findIndex((tab) => tab.getAttribute('aria-selected') === 'true'));
    await tabs.first().focus();
    await page.keyboard.press('ArrowRight');
    expect(await chosen()).toBe(1);
    expect(await page.evaluate<string>('document.activeElement.textContent')).toBe('wait');
    expect(await page.locator('#latency [role="tabpanel"]:visible').count()).toBe(1);
    await page.locator('#latency [role="tabpanel"]:visible canvas').first().waitFor();
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowRight');
    expect(await chosen()).toBe(0);
    expect(misdeeds).toEqual([]);
    await page.context().close();
  });

  it('reads out what is under the pointer, or under the arrow keys, and hides a line on demand', async () => {
    const { page, misdeeds } = await chromium.open(html);
    const plotted = page.locator('#latency .plotted').first();
    await plotted.locator('.u-over').hover();
    await expect.poll(() => plotted.locator('.readout').textContent()).toMatch(/^p\d/);
    expect(await plotted.locator('output').first().textContent()).toMatch(/^[\d.]+ ms$/);
    await plotted.locator('.plot').press('Home');
    await page.mouse.move(0, 0);
    await plotted.locator('.plot').press('ArrowRight');
    await expect.poll(() => plotted.locator('.readout').textContent()).toBe('p50');
    const key = plotted.locator('.key').first();
    await key.click();
    expect(await key.getAttribute('aria-pressed')).toBe('false');
    expect(misdeeds).toEqual([]);
    await page.context().close();
  });

  it('draws anew when the theme changes', async () => {
    const { page, misdeeds } = await chromium.open(html);
    const canvas = page.locator('#latency .plot canvas').first();
    await canvas.waitFor();
    const picture = () => page.evaluate<string>("document.querySelector('#latency .plot canvas').toDataURL()");
    const before = await picture();
    await page.locator('#theme').click();
    await expect.poll(picture).not.toBe(before);
    expect(misdeeds).toEqual([]);
    await page.context().close();
  });

  it('gives away its data as it came: JSON, CSV and .hgrm', async () => {
    const { page, misdeeds } = await chromium.open(html);
    const taken = async (press: () => Promise<void>) => {
      const [download] = await Promise.all([page.waitForEvent('download'), press()]);
      return { name: download.suggestedFilename(), text: readFileSync(await download.path(), 'utf8') };
    };
    const buttons = page.locator('[data-download]');
    expect(JSON.parse((await taken(() => buttons.nth(0).click())).text)).toEqual(result);
    expect((await taken(() => buttons.nth(1).click())).text).toBe(renderCsv(files));
    await page.locator('#span').selectOption({ label: 'latency-redis-auto-total.hgrm' }, { timeout: 5000 });
    const redis = result.cells.find(({ scenario, adapter }) => scenario.name === 'latency' && adapter.name === 'redis');
    const counts = redis && spanOf(redis, 'total');
    expect((await taken(() => page.locator('#span-download').click())).text).toBe(counts && renderHgrm(counts));
    expect(misdeeds).toEqual([]);
    await page.context().close();
  });

  it('copies what is shown of its summary, as Markdown or CSV, by keyboard', async () => {
    const { page, misdeeds } = await chromium.open(html);
    const filter = page.locator('#matrix-filter');
    const copied = async (kind: 'markdown' | 'csv') => {
      await filter.fill('latency total redis');
      await page.locator(`[data-copy="${kind}"]`).press('Enter');
      await expect.poll(() => page.locator('#matrix-status').textContent()).toMatch(/^Copied \d+ rows/);
      await filter.fill('');
      await filter.press('Control+v');
      return filter.inputValue();
    };
    const markdown = await copied('markdown');
    expect(markdown).toMatch(/^\| group \| metric \| redis \|/);
    expect(markdown).toMatch(/\| latency \| .*total p50/);
    expect(markdown).not.toMatch(/sqlite|throughput/);
    expect(await copied('csv')).toMatch(/^group,metric,redis.*latency,.*total p50/);
    expect(misdeeds).toEqual([]);
    await page.context().close();
  });

  it('sorts and filters its summary', async () => {
    const { page, misdeeds } = await chromium.open(html);
    const rows = page.locator('#matrix tbody tr:visible');
    const all = await rows.count();
    await page.locator('#matrix-filter').fill('latency');
    expect(await rows.count()).toBeLessThan(all);
    expect(await rows.count()).toBeGreaterThan(0);
    await page.locator('#matrix-filter').fill('');
    const names = () => page.locator('#matrix tbody').first().locator('tr:visible th[scope="row"]').allTextContents();
    await page.locator('#matrix thead .sort').first().click();
    const down = await names();
    await page.locator('#matrix thead .sort').first().click();
    expect(await names()).toEqual(down.toReversed());
    expect(down.length).toBeGreaterThan(1);
    expect(misdeeds).toEqual([]);
    await page.context().close();
  });
});

/** How light a colour is, from 0 to 1. */
function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = (color.match(/\d+/g) ?? []).map(Number);
  return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
}

async function take(page: Page, name: string): Promise<void> {
  mkdirSync(pictures ?? '.', { recursive: true });
  for (const id of await page.locator('main > section').evaluateAll((all) => all.map((section) => section.id))) {
    await page
      .locator(`#${id}`)
      .first()
      .screenshot({ path: join(pictures ?? '.', `${name}-${id}.png`) });
  }
}

/** A backlog of the warm-up, which no axis is made for, so high that each dash up to it is megabytes. */
function withFarWarmUp(): typeof result {
  const copy = structuredClone(result);
  for (const { values } of copy.cells.flatMap(({ trials }) => trials.flatMap(({ series }) => series.backlog ?? [])))
    values[0] = 1e7;
  return copy;
}
