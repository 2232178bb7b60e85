/** One write to a file or one flush of it, as strace saw it; times in ms on the clock of the system. */
export interface FileCall {
  readonly what: 'write' | 'flush';
  /** Path of the file, so that it does not matter through which descriptor. */
  readonly file: string;
  readonly calledMs: number;
  readonly returnedMs: number;
  /** The arguments: what was written is among them, as strace prints it. */
  readonly args: string;
}

/**
 * What `strace` is to be asked for, so that `fileCalls` understands it. A flush through a memory map (msync) names no file, and
 * sync_file_range does not flush what tells where the data is: neither is looked for.
 */
export const FILE_CALLS = ['-f', '-y', '-ttt', '-T', '-s', '65536'].concat(
  ['-e', 'trace=write,pwrite64,writev,pwritev,pwritev2,fsync,fdatasync'],
  ['-e', 'signal=none'],
);

/** `fdatasync(9</tmp/store>) = 0 <0.001829>`, and nothing that failed. */
const CALL = /^(\w+)\(\d+<([^>]*)>(.*)\) += \d+ <(\d+\.\d+)>$/;

/** Reads what `strace` wrote; a call that was interrupted by a line of another thread is put together again. */
export function fileCalls(trace: string): FileCall[] {
  const begun = new Map<string, { readonly calledMs: number; readonly text: string }>();
  const calls: FileCall[] = [];
  for (const line of trace.split('\n')) {
    const [, thread = '', at = '', text = ''] = /^(\d+) +(\d+\.\d+) (.*)$/.exec(line) ?? [];
    const ms = Number(at) * 1000;
    const [, first] = /^(.*?) *<unfinished \.\.\.>$/.exec(text) ?? [];
    if (first !== undefined) {
      begun.set(thread, { calledMs: ms, text: first });
      continue;
    }
    const [, rest] = /^<\.\.\. \w+ resumed>(.*)$/.exec(text) ?? [];
    const before = rest === undefined ? undefined : begun.get(thread);
    const [, name, file, args, took] = CALL.exec(`${before?.text ?? ''}${rest ?? text}`) ?? [];
    if (name === undefined || file === undefined || args === undefined) continue;
    const calledMs = before?.calledMs ?? ms;
    // The line that ends a call has the time at which it returned.
    const returnedMs = before === undefined ? ms + Number(took) * 1000 : ms;
    calls.push({ what: name.includes('write') ? 'write' : 'flush', file, calledMs, returnedMs, args });
  }
  return calls;
}
