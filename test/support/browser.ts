import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, test } from 'vitest';

const demanded = (process.env.JOBBENCH_REQUIRE ?? '').split(',').includes('chromium');

function findChromium(): string | undefined {
  const dirs = (process.env.PATH ?? '').split(delimiter).filter((dir) => dir !== '');
  return dirs.map((dir) => join(dir, 'chromium')).find((path) => existsSync(path));
}

/** How a page is looked at. */
export interface Looking {
  readonly width?: number;
  readonly theme?: 'light' | 'dark';
  readonly scripts?: 'on' | 'off';
}

/** A page, and all that it did which a report must not do. */
export interface Opened {
  readonly page: Page;
  /** Requests, console messages, errors and dialogs, as sentences. */
  readonly misdeeds: string[];
}

export interface Chromium {
  /** Opens HTML as a file from disk. The page is closed after the test file. */
  open(html: string, looking?: Looking): Promise<Opened>;
}

/** Tests in a real Chromium, one for the file: skipped without it, with the reason, or failed if JOBBENCH_REQUIRE says so. */
export function describeInChromium(name: string, tests: (chromium: Chromium) => void): void {
  const executablePath = findChromium();
  if (executablePath !== undefined) return void describe(name, () => tests(launched(executablePath)));
  const reason = `${name}: chromium is not on PATH`;
  if (!demanded) return void test.skip(reason, () => undefined);
  test(reason, () => {
    throw new Error('JOBBENCH_REQUIRE names chromium');
  });
}

function launched(executablePath: string): Chromium {
  const dir = mkdtempSync(join(tmpdir(), 'jobbench-browser-'));
  let browser: Browser | undefined;
  let made = 0;
  beforeAll(async () => {
    // Root may not use Chromium's sandbox, and the pages are our own.
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'], timeout: 60_000 });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(dir, { recursive: true, force: true });
  });
  return {
    async open(html, { width = 1024, theme = 'light', scripts = 'on' } = {}) {
      if (browser === undefined) throw new Error('the browser was not launched');
      const file = join(dir, `${made++}.html`);
      writeFileSync(file, html);
      const context = await browser.newContext({
        viewport: { width, height: 900 },
        colorScheme: theme,
        javaScriptEnabled: scripts === 'on',
        acceptDownloads: true,
      });
      const page = await context.newPage();
      const misdeeds = watched(page, pathToFileURL(file).href);
      await page.goto(pathToFileURL(file).href);
      return { page, misdeeds };
    },
  };
}

function watched(page: Page, own: string): string[] {
  const misdeeds: string[] = [];
  page.on('request', (request) => {
    // A download is a blob that the page itself made.
    if (request.url() !== own && !request.url().startsWith('blob:')) misdeeds.push(`requested ${request.url()}`);
  });
  page.on('console', (message) => misdeeds.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => misdeeds.push(`error: ${error.stack ?? error.message}`));
  page.on('dialog', (dialog) => {
    misdeeds.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  return misdeeds;
}
