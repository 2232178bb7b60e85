import { basename } from 'node:path';
import type { Held, Retry, Strike } from '../core/timeline.js';
import { LOGS, listLogs, readLog } from '../work/logs.js';

/** Attempts that came after failed ones. */
export function retriesIn(logDir: string): Retry[] {
  const executed = listLogs(logDir, LOGS.executed);
  const attempts = new Map<number, Attempt[]>();
  for (const file of executed) {
    readLog(file, (index, _start, _end, flag) => {
      if (flag === THREW) attempts.set(index, []);
    });
  }
  if (attempts.size === 0) return [];
  for (const file of executed) {
    readLog(file, (index, start, end, flag) => attempts.get(index)?.push({ start, end, flag }));
  }
  return [...attempts].flatMap(([index, all]) => gaps(index, all));
}

const THREW = 2;

interface Attempt {
  readonly start: number;
  readonly end: number;
  readonly flag: number;
}

function gaps(index: number, attempts: readonly Attempt[]): Retry[] {
  const found: Retry[] = [];
  let before: Attempt | undefined;
  let failed = 0;
  for (const attempt of [...attempts].sort((a, b) => a.start - b.start)) {
    // An attempt that was cut off by the death of its process did not fail: what follows it is a recovery.
    if (before?.flag === THREW) found.push({ index, failed, gapMs: attempt.start - before.end });
    if (attempt.flag === THREW) failed++;
    before = attempt;
  }
  return found;
}

/**
 * What each struck process had in its hands: what it had started and not yet told the backend's outcome of. Read from its
 * own logs, which it wrote as it went; when each was started again, from the logs of all.
 */
export function heldAt(strikes: readonly Strike[], logDir: string): Held[] {
  const lives = new Map<string, number>();
  const inOrder = strikes.map((strike, at) => ({ ...strike, at })).sort((a, b) => a.atMs - b.atMs);
  const held: { strike: number; index: number; atMs: number; own: string | undefined }[] = [];
  for (const { kind, process, atMs, backMs, at } of inOrder) {
    const life = lives.get(process) ?? 0;
    if (kind === 'kill') lives.set(process, life + 1);
    if (kind === 'stop') continue; // it finishes what it has, so nothing may be lost
    const name = life === 0 ? process : `${process}~${life}`;
    // Between the reading of the clock and its death a process goes on: what counts then is the end of its log.
    const [fromMs, untilMs] = kind === 'freeze' ? [atMs, backMs + WAKING_MS] : [NEVER_MS, NEVER_MS];
    const own = kind === 'kill' ? name : undefined;
    for (const index of inHands(name, fromMs, untilMs, logDir)) held.push({ strike: at, index, atMs, own });
  }
  if (held.length === 0) return [];
  const starts = new Map<number, { started: number; file: string }[]>(held.map(({ index }) => [index, []]));
  for (const path of listLogs(logDir, LOGS.executed)) {
    const file = basename(path);
    readLog(path, (index, started) => void starts.get(index)?.push({ started, file }));
  }
  return held.map(({ strike, index, atMs, own }) => {
    // Not by the one that was killed, which may have started it last of all.
    const others = (starts.get(index) ?? []).filter(({ file }) => own === undefined || !file.startsWith(`${own}.`));
    const after = others.map(({ started }) => started).filter((started) => started > atMs);
    return { strike, index, againMs: after.length === 0 ? Number.NaN : Math.min(...after) };
  });
}

const NEVER_MS = Number.POSITIVE_INFINITY;

/**
 * What a process that slept had claimed and not yet started, it starts when it wakes: so long after that, what it starts was in
 * its hands all the while.
 */
const WAKING_MS = 50;

/** What it had started until then, and not settled before `fromMs`; where that is never, what it did not settle at all. */
function inHands(name: string, fromMs: number, untilMs: number, logDir: string): Set<number> {
  const of = (suffix: string) => listLogs(logDir, suffix).filter((path) => basename(path).startsWith(`${name}.`));
  const settled = new Map<number, number>();
  for (const file of of(LOGS.settled)) readLog(file, (index, at) => void settled.set(index, at));
  const found = new Set<number>();
  for (const file of of(LOGS.executed)) {
    readLog(file, (index, started) => {
      // What was told of an attempt before says nothing of this one.
      const told = settled.get(index) ?? NEVER_MS;
      if (started <= untilMs && (told >= fromMs || told < started)) found.add(index);
    });
  }
  return found;
}
