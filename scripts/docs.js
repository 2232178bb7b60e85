// docs/report.html from the reference run, and the pictures of README from that: `npm run docs`.
// The pictures need Chromium (CHROMIUM names it, otherwise `chromium` of PATH) and are left alone without it.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const [WIDTH, HEIGHT] = [1200, 800];

execFileSync(
  process.execPath,
  [at('bin/jobbench.js'), 'report', 'results/reference.json', '--html', 'docs/report.html'],
  {
    cwd: at('.'),
    stdio: 'inherit',
  },
);

const executablePath = process.env.CHROMIUM ?? found('chromium');
if (executablePath === undefined) console.error('no Chromium: the pictures in docs/images stay as they are');
else await pictures(executablePath);

async function pictures(executablePath) {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    const open = async (colorScheme) => {
      const page = await browser.newPage({ viewport: { width: WIDTH, height: HEIGHT }, colorScheme });
      await page.goto(new URL('../docs/report.html', import.meta.url).href);
      return page;
    };
    const verdict = await open('light');
    await verdict.screenshot({ path: at('docs/images/report-verdict.png') });
    const contention = await open('dark');
    await contention.locator('#contention').scrollIntoViewIfNeeded();
    await contention.evaluate(() => document.getElementById('contention').scrollIntoView());
    await contention.screenshot({ path: at('docs/images/report-contention.png') });
  } finally {
    await browser.close();
  }
}

function found(name) {
  try {
    return execFileSync('/bin/sh', ['-c', 'command -v "$0"', name], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}
