// docs/performance.md from the figures in results/reference/ and the prose of performance.md beside this file: `npm run page`.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { familyText } from './page/families.js';
import { optionsText } from './page/options.js';
import { backlogText, idleText, sweepText } from './page/scaling.js';
import { machineText, targetsText, webText } from './page/targets.js';
import { ranMs, timesText, tookMs } from './page/times.js';
import { transferText } from './page/transfer.js';
import { SWEEPS } from './sweeps.js';

const path = (name) => fileURLToPath(new URL(name, import.meta.url));

/** Where figures are kept between runs. */
export const FILES = {
  peers: path('../results/reference/peers.json'),
  self: path('../results/reference/self.json'),
  queues: path('../results/reference/scaling-queues.json'),
  transfer: path('../results/reference/scaling-transfer.json'),
  sweep: (name) => path(`../results/reference/scaling-${name}.json`),
};

/** Sweeps that are no table of one figure for each value and adapter. */
const SHOWN = { backlog: backlogText, idle: idleText };

const PAGE = path('../docs/performance.md');

/** Writes the page. Figures that do not exist yet are said to be missing. @returns its path */
export function writePage() {
  const { families } = read(FILES.peers) ?? { families: {} };
  const fillings = {
    machine: () => machineText(families),
    targets: () => targetsText(families, read(FILES.self)),
    self: () => read(FILES.self)?.about ?? '_Not measured yet._',
    web: () => webText(families),
    options: () => optionsText(families.options),
    family: (name) => familyText(families[name]),
    queues: (adapter) => familyText(read(FILES.queues)?.families[adapter]),
    transfer: () => transferText(read(FILES.transfer)?.families.transfer),
    times: () => timesText({ 'npm run peers': peersTimes(families), 'npm run scaling': scalingTimes() }),
    sweep: (name) => (SHOWN[name] ?? sweepText)(SWEEPS[name], resultsOf(SWEEPS[name])),
  };
  const prose = readFileSync(path('performance.md'), 'utf8');
  const text = prose.replace(/^\{\{(\w+)(?: (\w+))?\}\}$/gm, (_, what, name) => fillings[what](name));
  writeFileSync(PAGE, text);
  // As `npm run format` would have it: the page is linted like everything else.
  execFileSync('npx', ['--no-install', 'biome', 'format', '--write', PAGE], { cwd: path('..'), stdio: 'ignore' });
  return PAGE;
}

const peersTimes = (families) =>
  Object.fromEntries(Object.entries(families).map(([name, found]) => [name, tookMs({ found })]));

function scalingTimes() {
  const swept = Object.entries(SWEEPS).map(([name, sweep]) => [name, ranMs(resultsOf(sweep))]);
  const compared = ['queues', 'transfer'].map((name) => [name, tookMs(read(FILES[name])?.families ?? {})]);
  return Object.fromEntries([...swept, ...compared]);
}

/** @returns name of a run -> its result file, of those that there are */
function resultsOf({ runs }) {
  const found = Object.keys(runs).map((name) => [name, read(FILES.sweep(name))]);
  return Object.fromEntries(found.filter(([, result]) => result !== undefined));
}

function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw new Error(`${file} cannot be read; measure it again: ${error.message}`, { cause: error });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) console.log(writePage());
