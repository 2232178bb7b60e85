// How the cost of a job grows, and what idleness costs: `npm run scaling`. Sweeps of `jobbench run`, and one of the bare
// adapters, into results/reference/scaling-*.json, and the page about them.
//   --only payload,concurrency,processes,backlog,idle,queues   some sweeps; the page keeps what it has of the others
//   --rounds 2                                            trials of each cell; bench/sweeps.js says which runs have more or fewer
//   --out DIR                                             a folder for the figures in place of results/reference/; no page
// It exits 0 when all was measured, 1 when a sweep failed, and 130 on Ctrl-C.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openWorkshop, program } from '../scripts/bench/setup.js';
import { chosen } from './lib/chosen.js';
import { commitNow, facts, loadNow } from './lib/facts.js';
import { FILES, writePage } from './page.js';
import { queues } from './parts/queues.js';
import { SWEEPS } from './sweeps.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

const { parts, rounds, out } = chosen('scaling', [...Object.keys(SWEEPS), 'queues'], '2');
const folder = out === undefined ? dirname(FILES.queues) : resolve(out);
const place = (file) => join(folder, basename(file));
mkdirSync(folder, { recursive: true });
const began = performance.now();
const commit = commitNow();
let child;
for (const [name, code] of Object.entries({ SIGINT: 130, SIGTERM: 143 })) process.once(name, () => stop(name, code));

for (const name of parts) {
  const codes = name === 'queues' ? [await sweepQueues()] : await sweep(SWEEPS[name]);
  // 4: a cell of the table is no number, and the file says why.
  if (codes.some((code) => code !== 0 && code !== 4)) process.exitCode = 1;
}
if (out === undefined) say(`page: ${writePage()}`);

/** @returns the exit codes of `jobbench run`, one run after the other */
async function sweep({ runs }) {
  const codes = [];
  for (const [name, { args, trials = (all) => all }] of Object.entries(runs)) {
    codes.push(await run(name, [...args, '--trials', String(trials(rounds))]));
  }
  return codes;
}

function run(name, swept) {
  const file = relative(ROOT, place(FILES.sweep(name))); // the command is part of the result, and no path of this machine should be
  const args = ['run', ...swept, '--out', file];
  say(`${name}: jobbench ${args.join(' ')}`);
  child = spawn(process.execPath, [program, ...args], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
  return new Promise((resolved) => {
    child.once('exit', (code) => {
      if (existsSync(resolve(ROOT, file))) addCommit(resolve(ROOT, file));
      resolved(code ?? 1);
    });
  });
}

/** Beside what the program says of itself; fields that nobody knows are allowed there. */
function addCommit(file) {
  const result = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, `${JSON.stringify({ ...result, run: { ...result.run, commit } }, null, 1)}\n`);
}

async function sweepQueues() {
  const workshop = openWorkshop();
  process.once('exit', workshop.close);
  delete process.env.REDIS_URL; // the private server, as for peers
  const command = `npm run scaling -- --only queues${rounds === 2 ? '' : ` --rounds ${rounds}`}`;
  const families = {};
  for (const adapter of ['sqlite', 'redis']) {
    const before = loadNow();
    families[adapter] = await queues(adapter, { rounds, workshop, say });
    families[adapter].when = await facts({ command, rounds, loads: [before, loadNow()], commit });
  }
  workshop.close();
  writeFileSync(place(FILES.queues), `${JSON.stringify({ families }, null, 1)}\n`);
  return 0;
}

/** `jobbench run` cleans up after itself when it is asked to stop. */
function stop(signal, code) {
  if (child === undefined || child.exitCode !== null) process.exit(code);
  child.once('exit', () => process.exit(code));
  child.kill(signal);
}

function say(text) {
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  process.stderr.write(`[${seconds} s] ${text}\n`);
}
