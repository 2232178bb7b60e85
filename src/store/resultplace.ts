import { stat } from 'node:fs/promises';
import { JobbenchError } from '../core/errors.js';
import { RESULT_FORMAT } from '../core/result.js';
import { readText } from './text.js';
import { parseUntrusted } from './untrusted.js';
import { checkOutput } from './write.js';

/**
 * As `checkOutput`, where a result is to be written. One that is there is replaced, of any version; whatever else is there, a
 * package.json by a slip of the hand, is somebody's.
 * @throws JobbenchError USAGE that names the path and the option
 */
export async function checkResultPlace(path: string): Promise<void> {
  await checkOutput(path);
  const there = await stat(path).catch(() => undefined); // what cannot be looked at, checkOutput has told
  if (there === undefined || there.size === 0 || (await isResult(path))) return;
  throw new JobbenchError(
    'USAGE',
    `${path} is there already, and is no result of jobbench: choose another place with --out, or remove it`,
  );
}

async function isResult(path: string): Promise<boolean> {
  try {
    const { format } = (parseUntrusted(await readText(path)) ?? {}) as { format?: unknown }; // read, not trusted
    return format === RESULT_FORMAT;
  } catch {
    return false;
  }
}
