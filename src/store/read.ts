import { JobbenchError } from '../core/errors.js';
import { RESULT_FORMAT, RESULT_VERSION, type ResultFile, ResultSchema } from '../core/result.js';
import { readJournal } from './journal.js';
import { LARGEST_BYTES, readText } from './text.js';
import { parseUntrusted } from './untrusted.js';

/**
 * Reads a result file, which may come from anywhere: nothing in it is believed before it has been checked. Fields
 * that are not known are kept.
 * @throws JobbenchError USAGE with one sentence that says which file, what is wrong and where
 */
export async function readResult(path: string, largestBytes = LARGEST_BYTES): Promise<ResultFile> {
  if (path.endsWith('.journal')) await explainJournal(path, largestBytes);
  const value = parsed(path, await readText(path, largestBytes));
  assertVersion(path, value);
  const checked = ResultSchema.safeParse(value);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  const where = printable((issue?.path ?? []).join('.')) || 'its top level';
  throw new JobbenchError(
    'USAGE',
    `${path} is not a valid result file: ${where}: ${printable(issue?.message ?? 'unknown')}; see results/README.md`,
    { cause: checked.error },
  );
}

/** @throws JobbenchError USAGE when it is one: it has trials, and nothing that was made of them */
async function explainJournal(path: string, largestBytes: number): Promise<void> {
  const { entries } = await readJournal(path, largestBytes);
  const held = `${entries.length} of its trials, a line of JSON each`;
  throw new JobbenchError(
    'USAGE',
    `${path} is the journal of a run that was killed, with ${held}, and no result: results/README.md says how to read them; measure again for a result`,
  );
}

function parsed(path: string, text: string): unknown {
  try {
    return parseUntrusted(text);
  } catch (cause) {
    const why = printable(cause instanceof Error ? cause.message : String(cause));
    throw new JobbenchError('USAGE', `${path} cannot be read as a result: ${why}; give a file that jobbench wrote`, {
      cause,
    });
  }
}

function assertVersion(path: string, value: unknown): void {
  const { format, version } = (value ?? {}) as { format?: unknown; version?: unknown }; // read, not trusted
  if (format !== RESULT_FORMAT) {
    throw new JobbenchError('USAGE', `${path} is not a jobbench result: give a file that \`jobbench run\` wrote`);
  }
  if (version !== RESULT_VERSION) {
    const found = typeof version === 'number' ? `version ${version}` : 'no known version';
    throw new JobbenchError(
      'USAGE',
      `${path} has ${found} and this jobbench reads version ${RESULT_VERSION}: use the jobbench that wrote it, or a newer one`,
    );
  }
}

/** Messages quote the file, and files may hold escape sequences: only what a terminal shows harmlessly stays. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, 200);
}
