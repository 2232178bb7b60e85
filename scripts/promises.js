// Tries every adapter, with the options that change its promise, and writes what was found into docs/promises.md, between
// its two marks, and the proofs into results/reference/: `npm run promises`, about a quarter of an hour on an idle machine. Exits 4 where a promise was violated.
//   node scripts/promises.js --only sqlite,redis   columns whose adapter is named so; to try the script, not for the file
//   --seed 5                                       of moments and histories
import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { adapterNames } from '../dist/engine/registry.js';
import { promisesMarkdown } from '../dist/report/promises/markdown.js';
import { readProofs } from '../dist/store/proofs.js';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const FILE = join(ROOT, 'docs/promises.md');
/** What the page was written from. */
const PROOFS = join(ROOT, 'results/reference/promises.json');
const BEGIN = '<!-- what follows is written by `npm run promises` -->';
const END = '<!-- until here -->';

/** With leases of a second, so that a quick look sees them lapse. */
const SOON = 'lockDuration=1s&stalledInterval=1s&commandTimeout=3s';
/** Where more than the options as they come changes the promise; every other adapter of the folder has one column. */
const VARIANTS = {
  'spawn-vm': ['spawn-vm', 'spawn-vm?mode=fork'],
  sqlite: ['', '&synchronous=full', '&delivery=at-most-once', '&delivery=at-most-once&synchronous=full'].map(
    (more) => `sqlite?lease=1s${more}`,
  ),
  redis: ['', '&persistence=rdb', '&persistence=aof', '&persistence=aof-always'].map((more) => `redis?${SOON}${more}`),
  'redis-list': ['', '&persistence=aof-always'].map(
    (more) => `redis-list?lease=1s&reapInterval=500ms&commandTimeout=3s${more}`,
  ),
};
const QUICK = adapterNames().flatMap((name) => VARIANTS[name] ?? [name]);
/** As they come: their leases lapse in half a minute, and what waits for that needs the full level. */
const FULL = ['sqlite', 'redis'];

const { values } = parseArgs({ options: { only: { type: 'string' }, seed: { type: 'string', default: '5' } } });
const wanted = values.only?.split(',');
const chosen = (labels) => labels.filter((label) => wanted?.includes(label.split('?')[0]) ?? true);

const before = loadavg()[0];
const dir = mkdtempSync(join(tmpdir(), 'jobbench-promises-'));
try {
  const out = join(dir, 'promises.json');
  for (const [level, labels] of [
    ['quick', chosen(QUICK)],
    ['full', chosen(FULL)],
  ]) {
    for (const label of labels) await verify(label, level, out);
  }
  const proofs = await readProofs(out);
  copyFileSync(out, PROOFS);
  const text = readFileSync(FILE, 'utf8');
  const [head, rest] = text.split(BEGIN);
  const [, tail] = rest?.split(END) ?? [];
  if (tail === undefined) throw new Error(`${FILE} has lost the marks ${BEGIN} and ${END}`);
  writeFileSync(FILE, `${head}${BEGIN}\n\n${how(proofs)}\n\n${promisesMarkdown(proofs)}\n${END}${tail}`);
  await promisify(execFile)(join(ROOT, 'node_modules/.bin/biome'), ['format', '--write', FILE], { cwd: ROOT });
  if (proofs.some(({ findings }) => findings.some(({ status }) => status === 'violated'))) process.exitCode = 4;
} finally {
  rmSync(dir, { recursive: true, force: true });
}

/** Its exit code 4 is seen in what it writes; any other is the end. */
async function verify(label, level, out) {
  const args = ['verify', '--adapter', label, '--level', level, '--seed', values.seed, '--out', out, '--quiet'];
  const from = performance.now();
  try {
    await promisify(execFile)(process.execPath, [join(ROOT, 'bin/jobbench.js'), ...args], { cwd: ROOT });
  } catch (error) {
    if (error.code !== 4) throw error;
  }
  console.error(`${label}, ${level}: ${Math.round((performance.now() - from) / 1000)} s`);
}

function how(proofs) {
  const [{ machine, jobbench, date, seed }] = proofs;
  const loads = [before, loadavg()[0]].map((load) => load.toFixed(1)).join(' before and ');
  return [
    `Each column by \`jobbench verify --adapter LABEL --level LEVEL --seed ${seed}\`, all of them by \`npm run promises\``,
    `on ${date.slice(0, 10)}: jobbench ${jobbench}, Node ${machine.node}, ${machine.os}, kernel ${machine.kernel},`,
    `${machine.cpu}, ${machine.cores} cores, load average ${loads} after.`,
  ].join('\n');
}
