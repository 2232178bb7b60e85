import { closeSync, type Dirent, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

/** So much of a file is looked at. */
const LOOKED_BYTES = 4096;

/** Knows what names a queue: its folder, or the name that it was given for all that is outside. */
export interface Naming {
  /** Whether the text has the folder's path, or the name with whatever between its words. */
  isIn(text: string): boolean;
  /** Whether the name of a file or its beginning has. */
  isOn(path: string): boolean;
}

/** @param name `jobbench:<run>:<own>`, where `own` is the folder's name as well */
export function namingOf(dir: string, name: string): Naming {
  const own = basename(dir);
  const words = name.split(':').slice(1);
  const whole = new RegExp(`${words.join('[^a-z0-9]?')}(?!\\d)`, 'i');
  const short = new RegExp(`(^|[^a-z0-9])${own}(?!\\d)`, 'i');
  const isIn = (text: string) => text.includes(dir) || whole.test(text);
  return { isIn, isOn: (path) => isIn(path) || short.test(basename(path)) || isIn(beginningOf(path)) };
}

/** Files and folders that are in these folders, without what is in them. */
export function entriesOf(folders: readonly string[]): string[] {
  return [...new Set(folders)].flatMap((folder) => listed(folder).map(({ name }) => join(folder, name)));
}

function listed(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return []; // not for our eyes, or not there: nothing was left in it that could be seen
  }
}

/** Command lines of the other processes of this machine. */
export function commandLines(): string[] {
  return listed('/proc')
    .filter(({ name }) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map(({ name }) => textOf(`/proc/${name}/cmdline`));
}

/** Unix sockets of this machine, with their paths where they have one. */
export function socketsOf(): string[] {
  return textOf('/proc/net/unix').split('\n');
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // ended meanwhile, or no Linux: only what was asked of the adapter itself can be told
  }
}

function beginningOf(path: string): string {
  try {
    if (!statSync(path).isFile()) return ''; // to open a pipe is to wait for its other end
    const file = openSync(path, 'r');
    try {
      const bytes = Buffer.alloc(LOOKED_BYTES);
      return bytes.toString('utf8', 0, readSync(file, bytes));
    } finally {
      closeSync(file);
    }
  } catch {
    return ''; // another user's, or gone
  }
}
