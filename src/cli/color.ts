import type { Io } from './io.js';

/** As no-color.org and Node have it: NO_COLOR, then FORCE_COLOR, then whether it is a terminal. */
export function colorful({ env, stdout }: Io): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR !== undefined) return !['0', 'false'].includes(env.FORCE_COLOR);
  return stdout.isTTY && env.TERM !== 'dumb';
}

/** Whether bars and sparklines are seen as such: on a terminal of UTF-8, and not on the Linux console, whose font lacks most. */
export function takesBlocks({ env, stdout }: Io): boolean {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
  return stdout.isTTY && env.TERM !== 'dumb' && env.TERM !== 'linux' && /utf-?8/i.test(locale);
}
