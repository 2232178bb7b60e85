import type { Io } from './io.js';

/** As no-color.org and Node have it: NO_COLOR, then FORCE_COLOR, then whether it is a terminal. */
export function colorful({ env, stdout }: Io): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR !== undefined) return !['0', 'false'].includes(env.FORCE_COLOR);
  return stdout.isTTY && env.TERM !== 'dumb';
}
