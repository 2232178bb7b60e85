import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { reached, skipped } from './numbers.js';
import { program } from './setup.js';

const JOBS = 1_000_000;
const LOOK_MS = 200;
const MB = 2 ** 20;
const LIMITS = { coordinator: 400, child: 300 };
/** The phase's own deadline is ten times this, and a million single enqueues take about 20 s. */
const DURATION = '6s';

/** Memory of a run of a million jobs: high-water marks that Linux keeps for each process. */
export async function million({ workshop, say }) {
  const what = `peak RSS: ${JOBS.toLocaleString('en-US')} jobs on sqlite`;
  if (process.platform !== 'linux') return [skipped(what, 'reads high-water marks from /proc, so it needs Linux')];
  say(what);
  const out = join(workshop.scratch(), 'million.json');
  const params = ['-P', `jobs=${JOBS}`, '-P', `duration=${DURATION}`, '-P', 'warmup=500ms'];
  const argv = ['run', '--adapter', 'sqlite', '--scenario', 'throughput', ...params, '--trials', '1'];
  const child = spawn(process.execPath, [program, ...argv, '--out', out, '--no-progress'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (text) => {
    stderr = (stderr + text).slice(-2000);
  });
  const peaks = new Map();
  const looking = setInterval(() => look(child.pid, peaks), LOOK_MS);
  const code = await new Promise((resolve) => child.once('exit', resolve));
  clearInterval(looking);
  if (code !== 0) throw new Error(`jobbench ${argv.join(' ')} ended with ${code}: ${stderr}`);
  const trials = JSON.parse(readFileSync(out, 'utf8')).cells[0].trials;
  const jobs = trials.reduce((sum, trial) => sum + trial.ledger.completed, 0);
  const children = [...peaks].filter(([pid]) => pid !== child.pid).map(([, bytes]) => bytes);
  const recorded = Math.max(...trials.map((trial) => trial.resources?.peakRssBytes ?? 0));
  const counted = `${jobs.toLocaleString('en-US')} jobs completed in all phases`;
  return [
    row(`${what}, coordinator`, peaks.get(child.pid), LIMITS.coordinator, counted),
    row(`${what}, largest child`, Math.max(...children), LIMITS.child, `its result file: ${megabytes(recorded)}`),
  ];
}

function row(what, bytes, limit, beside) {
  return {
    what,
    ours: megabytes(bytes),
    against: beside,
    ratio: '',
    target: `<= ${limit} MB`,
    verdict: reached(bytes <= limit * MB),
  };
}

const megabytes = (bytes) => `${Math.round(bytes / MB)} MB`;

/** Notes the high-water mark of a process and of all below it. */
function look(pid, peaks) {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const kB = Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0);
    peaks.set(pid, Math.max(peaks.get(pid) ?? 0, kB * 1024));
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      const below = readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').trim();
      for (const child of below.split(' ').filter(Boolean)) look(Number(child), peaks);
    }
  } catch {
    // It ended while we looked; its mark until then is noted.
  }
}
