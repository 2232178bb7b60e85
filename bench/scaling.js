// How the cost of a job grows, and what idleness costs: `npm run scaling`. Sweeps of `jobbench run`, one of the bare
// adapters, and what a thread is sent a payload by, into results/reference/scaling-*.json, and the page about them.
//   --only payload,concurrency,processes,backlog,idle,queues,transfer   some sweeps; the page keeps what it has of the others
//   --rounds 2                                            trials of each cell; bench/sweeps.js says which runs have more or fewer
//   --out DIR                                             a folder for the figures in place of results/reference/; no page
// It exits 0 when all was measured, 1 when a run failed, which is named at the end and has not stopped the others, and 130 on Ctrl-C.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openWorkshop, program } from '../scripts/bench/setup.js';
import { chosen } from './lib/chosen.js';
import { commitNow, facts, loadNow } from './lib/facts.js';
import { figureFile } from './lib/figurefile.js';
import { partByPart } from './lib/partbypart.js';
import { FILES, writePage } from './page.js';
import { queues } from './parts/queues.js';
import { transfer } from './parts/transfer.js';
import { SWEEPS } from './sweeps.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** What is not swept by `jobbench run`: comparisons by their names. */
const COMPARED = {
  queues: Object.fromEntries(['sqlite', 'redis'].map((adapter) => [adapter, (context) => queues(adapter, context)])),
  transfer: { transfer },
};

const { parts, rounds, out } = chosen('scaling', [...Object.keys(SWEEPS), ...Object.keys(COMPARED)], '2');
const folder = out === undefined ? dirname(FILES.queues) : resolve(out);
const place = (file) => join(folder, basename(file));
mkdirSync(folder, { recursive: true });
const began = performance.now();
const commit = commitNow();
let child;
for (const [name, code] of Object.entries({ SIGINT: 130, SIGTERM: 143 })) process.once(name, () => stop(name, code));

const steps = Object.fromEntries(parts.flatMap(stepsOf));
const faults = await partByPart(Object.keys(steps), { measure: (name) => steps[name](), say });
if (out === undefined)
  faults.push(...(await partByPart(['the page'], { measure: () => say(`page: ${writePage()}`), say })));
for (const fault of faults) say(fault);
if (faults.length > 0) process.exitCode = 1;

/** @returns `[name, act]` of each run of a sweep, or of the comparison */
function stepsOf(part) {
  if (COMPARED[part] !== undefined) return [[part, () => compared(part)]];
  return Object.entries(SWEEPS[part].runs).map(([name, how]) => [name, () => run(name, how)]);
}

async function run(name, { args: swept, trials = (all) => all }) {
  const file = relative(ROOT, place(FILES.sweep(name))); // the command is part of the result, and no path of this machine should be
  const args = ['run', ...swept, '--trials', String(trials(rounds)), '--out', file];
  say(`${name}: jobbench ${args.join(' ')}`);
  const before = resultOf(file);
  child = spawn(process.execPath, [program, ...args], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
  const code = await new Promise((resolved) => child.once('exit', resolved));
  const after = resultOf(file);
  if (after !== undefined && after.run.startedAt !== before?.run.startedAt) addCommit(file, after);
  // 4: a cell of the table is no number, and the file says why.
  if (code !== 0 && code !== 4) throw new Error(`jobbench run ended (${child.signalCode ?? code})`);
}

function resultOf(file) {
  const path = resolve(ROOT, file);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}

/** Beside what the program says of itself; fields that nobody knows are allowed there. */
function addCommit(file, result) {
  const text = JSON.stringify({ ...result, run: { ...result.run, commit } }, null, 1);
  writeFileSync(resolve(ROOT, file), `${text}\n`);
}

async function compared(part) {
  const workshop = openWorkshop();
  process.once('exit', workshop.close);
  delete process.env.REDIS_URL; // the private server, as for peers
  const command = `npm run scaling -- --only ${part}${rounds === 2 ? '' : ` --rounds ${rounds}`}`;
  const figures = figureFile(place(FILES[part]));
  for (const [name, measure] of Object.entries(COMPARED[part])) {
    const [loadBefore, from] = [loadNow(), performance.now()];
    const found = await measure({ rounds, workshop, say });
    const measured = { loads: [loadBefore, loadNow()], tookMs: Math.round(performance.now() - from) };
    const when = await facts({ command, rounds: found.rounds ?? rounds, ...measured, commit });
    figures.keep(name, { ...found, when });
  }
  workshop.close();
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
