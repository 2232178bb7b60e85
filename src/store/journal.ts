import { randomBytes } from 'node:crypto';
import { closeSync, fdatasyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { z } from 'zod';
import { codeOf, JobbenchError } from '../core/errors.js';
import { type Trial, TrialSchema } from '../core/result.js';
import { LARGEST_BYTES, readText } from './text.js';
import { parseUntrusted } from './untrusted.js';

const JOURNAL_FORMAT = 'jobbench-journal';

/** A trial as soon as it has been measured. */
export interface JournalEntry {
  /** Id of the cell. */
  readonly cell: string;
  readonly trial: Trial;
}

/** What was measured so far, one JSON line a trial: a crash loses at most the trial that was being measured. */
export interface Journal {
  readonly path: string;
  /** Returns when the line is on the disk. Called between trials, never while a clock runs. */
  append(entry: JournalEntry): void;
  close(): void;
  /** Closes and deletes it: the result file has everything now. */
  discard(): void;
}

/** What a journal held. */
export interface JournalContent {
  /** As given to `openJournal`. */
  readonly run: Readonly<Record<string, unknown>>;
  readonly entries: readonly JournalEntry[];
  /** The last line was cut off in the middle, as a crash does; it is left out. */
  readonly cut: boolean;
}

/**
 * Moves the journal of a run that was killed out of the way of a new one: its trials are nowhere else. One without a trial, and
 * a file that is no journal, is left to be replaced.
 * @returns where it is now; undefined where nothing had to be kept
 * @throws JobbenchError USAGE when it cannot be moved
 */
export async function keepOldJournal(path: string): Promise<string | undefined> {
  const old = await readJournal(path).catch(() => undefined);
  if (old === undefined || old.entries.length === 0) return undefined;
  // The header may be anybody's, and becomes part of a file name.
  const id = /^[a-z0-9]{1,40}$/i.exec(String(old.run.id))?.[0] ?? randomBytes(3).toString('hex');
  const kept = path.replace(/(\.journal)?$/, `-${id}.journal`);
  writing(path, () => renameSync(path, kept));
  return kept;
}

/**
 * Begins a new journal. An old one of the same name is replaced.
 * @param run facts about the run that a reader needs: id, seed, command, the host
 * @throws JobbenchError USAGE when it cannot be written
 */
export function openJournal(path: string, run: Readonly<Record<string, unknown>>): Journal {
  const file = writing(path, () => openSync(path, 'w'));
  let open = true;
  const line = (value: unknown) =>
    writing(path, () => {
      writeAll(file, `${JSON.stringify(value)}\n`);
      fdatasyncSync(file);
    });
  const close = () => {
    if (open) closeSync(file);
    open = false;
  };
  line({ format: JOURNAL_FORMAT, version: 1, run });
  return {
    path,
    append: line,
    close,
    discard() {
      close();
      rmSync(path, { force: true });
    },
  };
}

const HeaderSchema = z.looseObject({
  format: z.literal(JOURNAL_FORMAT),
  version: z.literal(1),
  run: z.record(z.string(), z.unknown()),
});
const EntrySchema = z.looseObject({ cell: z.string(), trial: TrialSchema });

/** @throws JobbenchError USAGE when the file is no journal, or a line other than the last is damaged */
export async function readJournal(path: string, largestBytes = LARGEST_BYTES): Promise<JournalContent> {
  const lines = (await readText(path, largestBytes)).split('\n');
  // Every whole line ends in a line feed, so what follows the last one is empty or cut off.
  const cut = lines.pop() !== '';
  const [header, ...rest] = lines;
  const { run } = checked(path, 1, header ?? '', HeaderSchema);
  return { run, entries: rest.map((text, at) => checked(path, at + 2, text, EntrySchema)), cut };
}

function checked<T>(path: string, number: number, text: string, schema: z.ZodType<T>): T {
  try {
    return schema.parse(parseUntrusted(text));
  } catch (cause) {
    const message = `line ${number} of ${path} is not from a jobbench journal: give a file that jobbench wrote`;
    throw new JobbenchError('USAGE', message, { cause });
  }
}

/** One write call may take only a part, as on a disk that fills up. */
function writeAll(file: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
}

function writing<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    const why = codeOf(cause) ?? 'unknown error';
    throw new JobbenchError('USAGE', `cannot write ${path} (${why}): choose another place with --out`, { cause });
  }
}
