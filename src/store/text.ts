import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { codeOf, JobbenchError } from '../core/errors.js';

/** No run of ours comes near: histograms have a fixed size, and series are one value per interval. */
export const LARGEST_BYTES = 64 * 1024 * 1024;

/**
 * Reads a text file of at most so many bytes.
 * @throws JobbenchError USAGE when it is missing, unreadable, no regular file, too large or not UTF-8
 */
export async function readText(path: string, largestBytes = LARGEST_BYTES): Promise<string> {
  const bytes = await readBytes(path, largestBytes).catch((cause: unknown) => {
    if (cause instanceof JobbenchError) throw cause;
    throw new JobbenchError('USAGE', `cannot read ${path} (${codeOf(cause) ?? 'unknown error'}): check the path`, {
      cause,
    });
  });
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new JobbenchError('USAGE', `${path} is not a text file: give a file that jobbench wrote`, { cause });
  }
}

async function readBytes(path: string, largestBytes: number): Promise<Buffer> {
  // Without O_NONBLOCK, opening a named pipe that nobody writes to would never return.
  await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const stat = await file.stat();
  if (!stat.isFile()) throw new JobbenchError('USAGE', `${path} is not a file: give a file that jobbench wrote`);
  if (stat.size > largestBytes) {
    const megabytes = (bytes: number) => `${Math.ceil(bytes / 1024 / 1024)} MB`;
    throw new JobbenchError(
      'USAGE',
      `${path} has ${megabytes(stat.size)}, more than the ${megabytes(largestBytes)} allowed: give a file that jobbench wrote`,
    );
  }
  return await file.readFile();
}
