import { basename, dirname, join, resolve } from 'node:path';
import { codeOf, JobbenchError } from '../core/errors.js';
import {
  PROMISES_FORMAT,
  PROMISES_VERSION,
  type PromisesFile,
  PromisesSchema,
  type Proof,
  sameSubject,
} from '../core/promises.js';
import { LARGEST_BYTES, readText } from './text.js';
import { parseUntrusted } from './untrusted.js';
import { replaceFile } from './write.js';

const NAME = 'promises.json';

/**
 * Where `verify` keeps what it found: `results/promises.json`; with a folder, there under the same name; with a name that
 * ends in .json, that file.
 */
export function proofsPath(out: string | undefined): string {
  return out?.endsWith('.json') ? out : join(out === undefined || out === '' ? 'results' : out, NAME);
}

/** Where a run looks for proofs: in the folder for results, and beside its own result. The newest counts. */
export function proofPlaces(result: string): string[] {
  return [...new Set([proofsPath(undefined), join(dirname(result), NAME)])];
}

/** Whose results are marked by the proofs of a file: runs look by its name, in two places. */
export function whoFinds(path: string, cwd: string): 'every run' | 'runs beside it' | 'nobody' {
  if (basename(path) !== NAME) return 'nobody';
  return resolve(cwd, path) === resolve(cwd, proofsPath(undefined)) ? 'every run' : 'runs beside it';
}

/**
 * Everything that was found until now; nothing where there is no file.
 * @throws JobbenchError USAGE when there is one that cannot be understood
 */
export async function readProofs(path: string): Promise<Proof[]> {
  let text: string;
  try {
    text = await readText(path, LARGEST_BYTES);
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf((error as { cause?: unknown }).cause) === 'ENOENT') return [];
    throw error;
  }
  const checked = PromisesSchema.safeParse(parsed(path, text));
  if (checked.success) return checked.data.proofs;
  throw new JobbenchError(
    'USAGE',
    `${path} is not what \`jobbench verify\` writes: remove it, or name another by --out`,
  );
}

function parsed(path: string, text: string): unknown {
  try {
    return parseUntrusted(text);
  } catch (cause) {
    throw new JobbenchError('USAGE', `${path} cannot be read: remove it, or name another by --out`, { cause });
  }
}

/** Adds what was found; it takes the place of what was found before of the same options, versions and machine. */
export async function keepProofs(path: string, found: readonly Proof[]): Promise<void> {
  const before = await readProofs(path);
  const kept = before.filter((old) => !found.some((one) => sameSubject(one, old)));
  await replaceFile(path, `${JSON.stringify(promisesFile([...kept, ...found]), null, 1)}\n`);
}

export function promisesFile(proofs: readonly Proof[]): PromisesFile {
  return { format: PROMISES_FORMAT, version: PROMISES_VERSION, proofs: [...proofs] };
}
