import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { codeOf, JobbenchError } from '../core/errors.js';
import { type ResultFile, ResultSchema } from '../core/result.js';

/**
 * Writes a result whole or not at all: to a temporary file in the same folder, to the disk, then renamed. A reader
 * sees the old file or the new one, never half of one.
 * @throws Error when the result is not what its own schema says: a bug of ours, and a file that nobody could read
 * @throws JobbenchError USAGE when it cannot be written
 */
export async function writeResult(path: string, result: ResultFile): Promise<void> {
  const checked = ResultSchema.safeParse(result);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    throw new Error(`the result breaks its own schema at ${issue?.path.join('.')}: ${issue?.message}`);
  }
  await replaceFile(path, `${JSON.stringify(result, null, 1)}\n`);
}

/**
 * Makes the folder and proves that a file can be written there, before anything is measured for it.
 * @param option by which a user chooses another place
 * @throws JobbenchError USAGE that names the path and the option
 */
export async function checkOutput(path: string, option = '--out'): Promise<void> {
  try {
    await makeFolder(dirname(path));
    const there = await stat(path).catch(missingIsFine);
    // Renaming over a device or a folder would replace it, or fail after all has been measured.
    if (there !== undefined && !there.isFile()) throw Object.assign(new Error('not a file'), { code: 'not a file' });
    const probe = temporaryFor(path);
    using _ = removedWithUs(probe);
    await using file = await open(probe, 'wx');
    await rm(probe);
    await file.writeFile('\n');
    await file.sync();
  } catch (cause) {
    throw cannotWrite(path, cause, option);
  }
}

/**
 * Makes a folder and those above it. Not by `mkdir`'s own `recursive`, which never returns below a folder that
 * answers ENOENT to every attempt, as /proc does (Node 20).
 */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if (await isFolder(path)) return;
    if (codeOf(error) !== 'ENOENT' || dirname(path) === path) throw error;
    await makeFolder(dirname(path));
    await mkdir(path).catch((again: unknown) => {
      if (codeOf(again) !== 'EEXIST') throw again; // another run has just made it
    });
  }
}

async function isFolder(path: string): Promise<boolean> {
  // Whatever keeps us from looking: the error of mkdir says it better.
  return await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/**
 * Replaces a file by a text, whole or not at all.
 * @throws JobbenchError USAGE when it cannot be written
 */
export async function replaceFile(path: string, text: string, option = '--out'): Promise<void> {
  try {
    await makeFolder(dirname(path));
    const temporary = temporaryFor(path);
    using _ = removedWithUs(temporary);
    try {
      await writeDurably(temporary, text);
      await rename(temporary, path);
    } finally {
      await rm(temporary, { force: true }); // gone already where the rename succeeded
    }
    await syncFolder(dirname(path));
  } catch (cause) {
    throw cannotWrite(path, cause, option);
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  await using file = await open(path, 'wx');
  await file.writeFile(text);
  await file.sync();
}

/** Makes the rename itself durable, where the platform can: some open no folders, some sync none. */
async function syncFolder(path: string): Promise<void> {
  try {
    await using folder = await open(path, 'r');
    await folder.sync();
  } catch {
    // The file is whole and in its place; only a power loss within seconds could bring the old one back.
  }
}

function temporaryFor(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(4).toString('hex')}.tmp`);
}

/**
 * However this process ends, kill -9 included, somebody is left to remove the file: a shell that waits for the end of its
 * input, in a session of its own so that what is sent to a terminal's processes does not reach it.
 */
function removedWithUs(path: string): Disposable {
  const shell = spawn('/bin/sh', ['-c', 'cat >/dev/null; rm -f -- "$1"', 'jobbench', path], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // Without a shell the file is still removed, unless we are killed.
  shell.on('error', () => undefined);
  shell.stdin.on('error', () => undefined);
  shell.unref();
  return { [Symbol.dispose]: () => void shell.stdin.end() };
}

function missingIsFine(error: unknown): undefined {
  if (codeOf(error) !== 'ENOENT') throw error;
}

function cannotWrite(path: string, cause: unknown, option: string): JobbenchError {
  const why = codeOf(cause) ?? 'unknown error';
  return new JobbenchError('USAGE', `cannot write ${path} (${why}): choose another place with ${option}`, { cause });
}
