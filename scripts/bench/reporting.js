import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, reached } from './numbers.js';
import { load, program } from './setup.js';

const ROUNDS = 5;
const LARGE = { cells: 100, trials: 24 };
const USUAL = { cells: 20, trials: 12 };
const [LIMIT_MS, LIMIT_MB, LIMIT_PAGE_MB] = [2000, 500, 1.5];
const SPANS = { latency: ['enqueue', 'wait', 'total'], scheduled: ['late'], contention: ['web'] };

/** What a user waits for `jobbench report` of a large run, in which memory, and how large the page of a usual one is. */
export async function reporting({ say }) {
  const [{ seeded }, { encodeHistogram }] = [await load('core/random.js'), await load('stats/histogram.js')];
  const dir = mkdtempSync(join(tmpdir(), 'jobbench-reporting-'));
  try {
    const random = seeded(1);
    const write = (name, size) => {
      const path = join(dir, name);
      writeFileSync(path, JSON.stringify(generated(size, random, encodeHistogram)));
      return path;
    };
    const [large, usual] = [write('large.json', LARGE), write('usual.json', USUAL)];
    const page = join(dir, 'report.html');
    const runs = Array.from({ length: ROUNDS }, (_, round) => report(large, page, round, say));
    report(usual, page, 0, say);
    return [...largeRows(runs), pageRow(statSync(page).size / 1e6)];
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** The cells of the reference run again and again; each trial with numbers, histograms and series of its own. */
function generated(size, random, encodeHistogram) {
  const file = JSON.parse(readFileSync(new URL('../../results/reference.json', import.meta.url), 'utf8'));
  const measured = file.cells.filter(({ status }) => status === 'ok');
  const step = Math.max(1, Math.floor(measured.length / size.cells));
  file.cells = Array.from({ length: size.cells }, (_, n) => {
    const cell = measured[(n * step) % measured.length];
    const [trial] = cell.trials;
    const vary = (value) => value * (1 + 0.05 * random());
    const values = () =>
      Object.fromEntries(Object.entries(trial.values).map(([metric, value]) => [metric, vary(value)]));
    const span = () => encodeHistogram(Float64Array.from({ length: 2000 }, () => -3 * Math.log(random()))).text;
    const spans = () => Object.fromEntries((SPANS[cell.scenario.name] ?? []).map((name) => [name, span()]));
    const long = { intervalMs: 100, values: Array.from({ length: 100 }, () => Math.round(1000 * random())) };
    const series = () => Object.fromEntries(['settled', ...Object.keys(trial.series)].map((name) => [name, long]));
    return {
      ...cell,
      id: `${cell.scenario.name}/n=${n} ${cell.adapter.label}`,
      scenario: { ...cell.scenario, params: { ...cell.scenario.params, n: Math.floor(n / measured.length) } },
      trials: Array.from({ length: size.trials }, (_, block) => ({
        ...trial,
        index: block,
        block,
        values: values(),
        histograms: spans(),
        series: series(),
      })),
    };
  });
  return file;
}

/** @returns wall time, and the most memory as the process itself counted it */
function report(file, page, round, say) {
  say(`report, run ${round + 1} of ${ROUNDS}`);
  const after = "process.on('exit', () => console.log(process.resourceUsage().maxRSS))";
  const hook = `data:text/javascript,${encodeURIComponent(after)}`;
  const from = performance.now();
  const args = ['--import', hook, program, 'report', file, '--html', page];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { timeout: 60_000, encoding: 'utf8' });
  if (status !== 0) throw new Error(`report ended with ${status}: ${stderr}`);
  return { ms: performance.now() - from, mb: Number(stdout) / 1024 };
}

function largeRows(runs) {
  const [ms, mb] = [runs.map((run) => run.ms), runs.map((run) => run.mb)];
  const what = `jobbench report, ${LARGE.cells} cells x ${LARGE.trials} trials with series and histograms`;
  const row = (name, values, unit, limit) => ({
    what: `${what}: ${name}`,
    ours: `${median(values).toFixed(0)} ${unit}, most ${Math.max(...values).toFixed(0)} ${unit}`,
    against: '',
    ratio: '',
    target: `<= ${limit} ${unit}, the most`,
    verdict: reached(Math.max(...values) <= limit),
  });
  return [row('wall time', ms, 'ms', LIMIT_MS), row('memory', mb, 'MB', LIMIT_MB)];
}

function pageRow(size) {
  return {
    what: `jobbench report, page of ${USUAL.cells} cells x ${USUAL.trials} trials`,
    ours: `${size.toFixed(2)} MB`,
    against: '',
    ratio: '',
    target: `<= ${LIMIT_PAGE_MB} MB`,
    verdict: reached(size <= LIMIT_PAGE_MB),
  };
}
