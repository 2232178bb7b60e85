import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { main } from '../../src/cli/main.js';

const BIN = fileURLToPath(new URL('../../bin/jobbench.js', import.meta.url));

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the program inside this process, which is quick: everything it may touch is handed to it. */
export async function jobbench(args: readonly string[], cwd: string, env: Record<string, string> = {}): Promise<Ended> {
  const printed = { stdout: '', stderr: '' };
  const output = (name: keyof typeof printed) => ({
    write(text: string) {
      printed[name] += text;
    },
    isTTY: false,
    columns: undefined,
  });
  const code = await main(args, {
    stdout: output('stdout'),
    stderr: output('stderr'),
    env,
    cwd,
    onSignal: () => () => undefined,
    exit: (exit) => {
      throw new Error(`the program ended its process with ${exit}`);
    },
  });
  return { code, ...printed };
}

/** Runs the built program, as a user does: in a folder, with an environment. */
export function built(args: readonly string[], cwd: string, env: Record<string, string> = {}): Promise<Ended> {
  const inherited = Object.entries(process.env).filter(([key]) => !/^(JOBBENCH_|NO_COLOR|FORCE_COLOR)/.test(key));
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [BIN, ...args],
      { cwd, env: { ...Object.fromEntries(inherited), ...env }, timeout: 30_000, maxBuffer: 16 * 2 ** 20 },
      (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr }),
    );
  });
}
