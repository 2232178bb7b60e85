import { randomBytes, randomInt } from 'node:crypto';
import { extname } from 'node:path';
import { z } from 'zod';
import { JobbenchError } from '../core/errors.js';
import { count, duration } from '../core/units.js';
import type { Contestant, RunRequest } from '../engine/request.js';
import { colorful } from './color.js';
import { readContestants } from './contestants.js';
import type { Io } from './io.js';
import { isOn, type Layers, textOf, type ValueName } from './layers.js';
import { PROFILE_NAMES, profileTrials } from './profiles.js';
import { readQuestions } from './questions.js';
import { complaint } from './schema.js';
import { hideSecrets } from './secrets.js';
import { version } from './version.js';

/** How the outcome is shown. */
export interface OutputOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly progress: boolean;
  readonly color: boolean;
  readonly dryRun: boolean;
  /** File or folder; undefined = results/ */
  readonly out: string | undefined;
  /** Where the report goes; undefined = none is made. */
  readonly html: string | undefined;
}

const MOST_SEED = 2 ** 32 - 1;

const fields = {
  profile: z.enum(PROFILE_NAMES),
  trials: count({ min: 1, max: 1000 }),
  seed: count({ min: 0, max: MOST_SEED }),
  timeout: duration({ min: 1000, max: 24 * 3_600_000 }),
  color: z.enum(['auto', 'always', 'never']),
};

/** What to measure, validated as a whole before anything starts. @throws JobbenchError USAGE */
export async function readRequest(
  layers: Layers,
  argv: readonly string[],
  io: Io,
  choose: (layers: Layers, cwd: string) => Promise<readonly Contestant[]> = readContestants,
  time: 'real' | 'virtual' = 'real',
): Promise<RunRequest> {
  const profile = time === 'virtual' ? time : (readValue(layers, 'profile', fields.profile) ?? 'quick');
  const numbers = {
    trials: readValue(layers, 'trials', fields.trials) ?? profileTrials(profile),
    seed: readValue(layers, 'seed', fields.seed) ?? randomInt(MOST_SEED),
    timeoutMs: readValue(layers, 'timeout', fields.timeout) ?? 60_000,
  };
  const contestants = await choose(layers, io.cwd);
  return {
    id: randomBytes(3).toString('hex'),
    version: version(),
    profile,
    ...numbers,
    contestants,
    questions: await readQuestions(layers, profile),
    allowRemote: isOn(layers, 'allowRemote', false),
    keep: isOn(layers, 'keep', false),
    command: argv.map(hideSecrets),
  };
}

/** @throws JobbenchError USAGE */
export function readOutput(layers: Layers, io: Io): OutputOptions {
  const quiet = isOn(layers, 'quiet', false);
  const color = readValue(layers, 'color', fields.color) ?? 'auto';
  return {
    json: isOn(layers, 'json', false),
    quiet,
    progress: !quiet && isOn(layers, 'progress', true),
    color: color === 'auto' ? colorful(io) : color === 'always',
    dryRun: isOn(layers, 'dryRun', false),
    out: outOf(layers),
    html: htmlOf(layers),
  };
}

function htmlOf(layers: Layers): string | undefined {
  const given = textOf(layers, 'html');
  return given === undefined ? undefined : htmlFile(given.text, given.written);
}

/** What has another ending was hardly meant to be replaced by a page. @throws JobbenchError USAGE */
export function htmlFile(text: string, written: string): string {
  if (/\.html?$/i.test(text)) return text;
  throw new JobbenchError('USAGE', `${written} ${text}: a report ends in .html`);
}

/** A folder, or a file that ends in .json: anything else with an ending was meant as a file, and would become a folder. */
function outOf(layers: Layers): string | undefined {
  const given = textOf(layers, 'out');
  const ending = given === undefined ? '' : extname(given.text);
  if (given === undefined || ending === '' || ending === '.json') return given?.text;
  throw new JobbenchError(
    'USAGE',
    `${given.written} ${given.text}: a result file ends in .json; a folder has no ending`,
  );
}

/** The strongest value that was given, understood. @throws JobbenchError USAGE */
export function readValue<T>(layers: Layers, name: ValueName, field: z.ZodType<T>): T | undefined {
  const given = textOf(layers, name);
  if (given === undefined) return undefined;
  const parsed = field.safeParse(given.text);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (issue === undefined) throw parsed.error;
  throw new JobbenchError('USAGE', complaint(given.written, given.text, issue, field));
}
