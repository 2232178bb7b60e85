import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { at, type Yaml } from './yaml.js';

export type Texts = Record<string, string>;

/** As a map of scalars is written: `with`, `env`. */
export const texts = (value: Yaml): Texts => value as Texts;
export const keys = (value: Yaml): string[] => Object.keys(value);
/** As GitHub wants them. */
export const steps = (value: Yaml): { [key: string]: Yaml }[] => value as { [key: string]: Yaml }[];

export interface Acted {
  readonly code: number;
  readonly log: string;
  readonly outputs: Texts;
  readonly summary: string;
}

export interface Runner {
  /** Where the action is. */
  readonly action: string;
  readonly repository: string;
  /** For HOME, and for the temporary folders of steps. */
  readonly home: string;
}

/**
 * Does what GitHub does with a composite action: defaults of inputs, expressions, files for outputs and summary, one
 * shell a step, none after one that failed.
 */
export async function act(action: Yaml, given: Texts, runner: Runner, env: Texts = {}): Promise<Acted> {
  const inputs = inputsOf(action, given);
  const scratch = mkdtempSync(join(runner.home, 'step-'));
  const [output, summary] = [join(scratch, 'output'), join(scratch, 'summary')];
  const variables = {
    PATH: process.env.PATH,
    HOME: runner.home,
    TMPDIR: scratch,
    GITHUB_ACTIONS: 'true',
    GITHUB_ACTION_PATH: runner.action,
    GITHUB_OUTPUT: output,
    GITHUB_STEP_SUMMARY: summary,
    RUNNER_TEMP: scratch,
    ...env,
  };
  const ended = { code: 0, log: '' };
  for (const step of steps(at(action, 'runs', 'steps'))) {
    const own = Object.entries(texts(at(step, 'env'))).map(([name, value]) => [name, evaluated(value, inputs)]);
    const shell = ['--noprofile', '--norc', '-e', '-o', 'pipefail', '-c', String(step.run)];
    const { code, text } = await started(shell, runner.repository, { ...variables, ...Object.fromEntries(own) });
    ended.code = code;
    ended.log += text;
    if (code !== 0) break;
  }
  return { ...ended, outputs: outputsOf(read(output)), summary: read(summary) };
}

function inputsOf(action: Yaml, given: Texts): Texts {
  const known = keys(at(action, 'inputs'));
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`the action has no input "${unknown}"`);
  return Object.fromEntries(known.map((name) => [name, given[name] ?? String(at(action, 'inputs', name, 'default'))]));
}

function evaluated(text: string, inputs: Texts): string {
  const [, name] = /^\$\{\{ inputs\.([\w-]+) \}\}$/.exec(text) ?? [];
  const value = name === undefined ? undefined : inputs[name];
  if (value === undefined) throw new Error(`"${text}" is no input`);
  return value;
}

function started(
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<{ readonly code: number; readonly text: string }> {
  return new Promise((done) => {
    execFile('bash', args, { cwd, env, timeout: 110_000, maxBuffer: 2 ** 24 }, (error, stdout, stderr) =>
      done({ code: error === null ? 0 : Number(error.code ?? -1), text: stdout + stderr }),
    );
  });
}

function outputsOf(text: string): Texts {
  const lines = text.split('\n').filter((line) => line !== '');
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}

function read(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
