import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { program } from '../bench/setup.js';

/** Runs `jobbench ab` as a user would. @returns its exit code and what it printed as JSON */
export async function ab(args) {
  const out = mkdtempSync(join(tmpdir(), 'jobbench-prove-'));
  try {
    const argv = [program, 'ab', ...args, '--json', '--no-progress', '--out', join(out, 'result.json')];
    const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (text) => (stdout += text));
    child.stderr.on('data', (text) => (stderr += text));
    const code = await new Promise((resolve) => child.once('close', resolve));
    if (stdout === '') throw new Error(`jobbench ab ended with ${code}: ${stderr.trim().split('\n').at(-1)}`);
    return { code, comparison: JSON.parse(stdout) };
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

/** As short as a trial can be whose rates are still those of the jobs. */
export const SHORT = lasting(300);
/** Where what is looked for is far larger than noise: a rate of 200 jobs. */
export const SHORTEST = lasting(200);
function lasting(ms) {
  return ['--warmup', `${ms - 100}ms`, '-P', `duration=${ms}ms`, '-P', `jobs=${ms}`];
}

/** Enqueueing takes no part in a job that takes longer. */
export const BY_WORK = ['--work', 'cpu:1ms', '--metric', 'drain_rate,pipeline_rate'];
