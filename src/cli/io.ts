import { Console } from 'node:console';
import { writeSync } from 'node:fs';
import { Writable } from 'node:stream';
import { isatty } from 'node:tty';
import { codeOf } from '../core/errors.js';
import { redact } from '../core/secrets.js';

/** A stream that text is written to. */
export interface Output {
  write(text: string): void;
  readonly isTTY: boolean;
  /** Width of the terminal, where there is one. */
  readonly columns: number | undefined;
}

/** All that a command may know of the process it runs in. */
export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Calls the listener for every SIGINT, SIGTERM and SIGHUP from now on. Returns the way to stop that. */
  onSignal(listener: (signal: StopSignal) => void): () => void;
  /** Ends the process at once. */
  exit(code: number): never;
}

export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** What a shell expects of a process that ended by a signal: 128 + its number. */
export const SIGNAL_EXIT: Readonly<Record<StopSignal, number>> = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const satisfies readonly StopSignal[];

/**
 * Node puts terminals back as they were when it ends, and aborts where one is gone (seen with 20.20). Ending by the signal
 * itself avoids that, and is 129 to a shell as well.
 */
function endWithTerminal(): void {
  process.once('exit', () => {
    process.removeAllListeners('SIGHUP');
    process.kill(process.pid, 'SIGHUP');
  });
}

/** The real process. From then on what anybody else prints in it is shown without secrets. */
export function processIo(): Io {
  guardConsole();
  const [stdout, stderr] = [output(process.stdout), output(process.stderr)];
  guardStdout();
  return {
    stdout,
    stderr,
    env: process.env,
    cwd: process.cwd(),
    onSignal(listener) {
      for (const signal of STOP_SIGNALS) process.on(signal, listener);
      if ([0, 1, 2].some((stream) => isatty(stream))) process.once('SIGHUP', endWithTerminal);
      return () => {
        for (const signal of STOP_SIGNALS) process.off(signal, listener);
        process.off('SIGHUP', endWithTerminal);
      };
    },
    exit: leave,
  };
}

let meant = false;

function leave(code: number): never {
  meant = true;
  process.exit(code);
}

/**
 * Adapters run in this process, too, and one that ends it does so with exit code 0 as a rule, which to a CI run is a verdict.
 * From now on such an end is no success: `fail` is to set another. Returns the way to say that the work is done.
 */
export function guardExit(fail: () => void): () => void {
  const early = () => {
    if (meant) return;
    fail();
    writeSync(
      2,
      'jobbench: ended before its work was done: something in this process called process.exit(), which may be an adapter or what it imports\n',
    );
  };
  process.on('exit', early);
  return () => {
    process.off('exit', early);
  };
}

/** Adapters run in this process, too: what they print belongs neither into a document on stdout, nor shown as it is. */
function guardConsole(): void {
  const show = (text: string) => process.stderr.write(redact(text));
  const guarded = new Writable({
    write(chunk, _, done) {
      show(String(chunk));
      done();
    },
  });
  globalThis.console = new Console({ stdout: guarded, stderr: guarded });
  if (process.listenerCount('warning') === 0) return; // the user wants none
  process.removeAllListeners('warning');
  process.on('warning', ({ name, message }) => show(`(node:${process.pid}) ${name}: ${message}\n`));
}

/** What adapters write to stdout by themselves goes where their console does. */
function guardStdout(): void {
  process.stdout.write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    const done = rest.at(-1);
    const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    return process.stderr.write(redact(text), typeof done === 'function' ? () => done() : undefined);
  };
}

function output(stream: NodeJS.WriteStream): Output {
  let open = true;
  const wasTerminal = stream.isTTY === true;
  stream.on('error', (error) => {
    // A reader that has seen enough (`| head`) is no trouble: what is measured goes into the file all the same.
    open = false;
    // Neither is a terminal that was closed.
    if (codeOf(error) === 'EPIPE' || (codeOf(error) === 'EIO' && wasTerminal)) return;
    if (stream !== process.stderr) process.stderr.write(`jobbench: cannot write the output: ${error.message}\n`);
    leave(3);
  });
  const write = stream.write.bind(stream); // before `guardStdout` gets hold of it
  return {
    write(text) {
      if (open) write(text);
    },
    isTTY: stream.isTTY === true,
    get columns() {
      return stream.columns || undefined; // a terminal without a size has 0
    },
  };
}
