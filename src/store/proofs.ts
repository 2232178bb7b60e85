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

/** Where `verify` keeps what it found, unless it is told otherwise. */
export const PROMISES_PATH = 'results/promises.json';

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
