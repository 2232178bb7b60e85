import type { Level } from '../conformance/case.js';
import { shellCommand } from '../core/shell.js';
import { seconds } from '../engine/deadline.js';
import { hideSecrets } from './secrets.js';

/** What a level promises to take at most, for each adapter, in ms. */
const LIMIT_MS: Readonly<Record<Level, number>> = { quick: 60_000, full: 600_000 };

/** The command as it was typed, without secrets, and with the seed that was drawn: the same again, for a shell. */
export function replay(argv: readonly string[], seed: number): string {
  const seeded = argv.some((word) => word === '--seed' || word.startsWith('--seed='));
  return shellCommand(['jobbench', ...argv.map(hideSecrets), ...(seeded ? [] : ['--seed', String(seed)])]);
}

/** What to say where a level took longer than it promises; undefined where it kept to it. */
export function tooSlow(label: string, level: Level, ms: number): string | undefined {
  if (ms <= LIMIT_MS[level]) return undefined;
  return `${label} took ${seconds(ms)}: the ${level} level is made for ${seconds(LIMIT_MS[level])} an adapter; is this machine busy?`;
}
