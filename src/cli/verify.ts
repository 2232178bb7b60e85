import { randomInt } from 'node:crypto';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Level } from '../conformance/case.js';
import { codeOf, describeError, JobbenchError } from '../core/errors.js';
import type { Proof } from '../core/promises.js';
import { count, duration } from '../core/units.js';
import type { Untried } from '../core/verification.js';
import { whyUnavailable } from '../engine/availability.js';
import { seconds } from '../engine/deadline.js';
import type { Contestant } from '../engine/request.js';
import { errorCode, verificationOf } from '../report/promises/json.js';
import { promisesMarkdown } from '../report/promises/markdown.js';
import { renderMatrix } from '../report/promises/matrix.js';
import { keepProofs, proofsPath, readProofs } from '../store/proofs.js';
import { checkOutput } from '../store/write.js';
import { readContestants } from './contestants.js';
import type { Io } from './io.js';
import { shortest } from './keeping.js';
import { type Layers, listOf } from './layers.js';
import { createProgress, type Progress } from './progress.js';
import { type OutputOptions, readOutput, readValue } from './request.js';
import { readLayers } from './settings.js';
import { stopOnSignal } from './stopping.js';
import { replay } from './verifyagain.js';
import { marksText } from './verifymarks.js';
import { proveAll } from './verifyproving.js';

const MOST_SEED = 2 ** 32 - 1;
const TIMEOUT_MS = 30_000;

/** `jobbench verify`: does an adapter keep its promises? @returns the exit code */
export async function verify(command: Command, argv: readonly string[], io: Io): Promise<number> {
  const layers = await readLayers(command, io);
  const output = readOutput(layers, io);
  const known: Known = { proofs: [], untried: [] };
  const json = (error?: unknown) => JSON.stringify(verificationOf(known.proofs, known.untried, error), null, 1);
  try {
    const ended = await proveTo(known, command, layers, output, io);
    if (ended.stopped !== undefined) {
      if (output.json) io.stdout.write(`${json(ended.stopped.error)}\n`);
      return ended.stopped.code;
    }
    const form = command.opts<{ markdown?: boolean }>().markdown ? 'markdown' : 'matrix';
    const foot = footer(known.proofs, argv, ended.path, io.cwd);
    io.stdout.write(`${output.json ? json() : shown(known.proofs, form, output.color, foot, io)}\n`);
  } catch (error) {
    // The sentence is for stderr, where whoever calls us prints it; a program wants all that is known in one document.
    if (output.json) io.stdout.write(`${json(error)}\n`);
    throw error;
  }
  if (known.proofs.some(({ findings }) => findings.some(({ status }) => status === 'violated'))) return 4;
  // Of adapters that nobody named, those that cannot run here are no trouble.
  return known.untried.length > 0 && listOf(layers, 'adapter') !== undefined ? 3 : 0;
}

/** Filled in on the way, so that what was found until an error or a signal is known. */
interface Known {
  readonly proofs: Proof[];
  readonly untried: Untried[];
}

interface Ended {
  /** Where the proofs are kept. */
  readonly path: string;
  readonly stopped?: { readonly code: number; readonly error: unknown };
}

async function proveTo(known: Known, command: Command, layers: Layers, output: OutputOptions, io: Io): Promise<Ended> {
  const { proofs, untried } = known;
  const level: Level = command.opts<{ level: Level }>().level; // commander allows no other
  const seed = readValue(layers, 'seed', count({ min: 0, max: MOST_SEED })) ?? randomInt(MOST_SEED);
  const timeoutMs = readValue(layers, 'timeout', duration({ min: 1000, max: 600_000 })) ?? TIMEOUT_MS;
  const contestants = await readContestants(layers, io.cwd);
  const progress = createProgress(io.stderr, output.quiet ? 'nothing' : output.progress ? 'status' : 'notes');
  const allowRemote = command.opts<{ allowRemote?: boolean }>().allowRemote ?? false;
  const present = await available(contestants, allowRemote, progress, untried);
  const path = resolve(io.cwd, proofsPath(output.out));
  const stop = stopOnSignal(io, progress, 'stopping');
  try {
    await readProofs(path); // one that is no such file is not to be found out about after ten minutes
    await checkOutput(path);
    const given = { level, seed, timeoutMs, allowRemote, signal: stop.signal };
    await proveAll(present, given, progress, proofs);
    await keepProofs(path, proofs);
    return { path };
  } catch (error) {
    untried.push(...present.slice(proofs.length).map((one) => leftOut(one, error)));
    const code = stop.code();
    if (code === undefined || codeOf(error) !== 'ABORTED') throw error;
    if (proofs.length > 0) await keepProofs(path, proofs);
    progress.clear();
    progress.note(whatIsKept(proofs, present, shortest(path, io.cwd)));
    return { path, stopped: { code, error } };
  } finally {
    progress.clear();
    stop.release();
  }
}

function leftOut({ label }: Contestant, error: unknown): Untried {
  return { adapter: label, code: errorCode(error), reason: `not tried to the end: ${describeError(error)}` };
}

/** Half of the cases prove nothing of an adapter, so only those that came to their end are kept. */
function whatIsKept(proofs: readonly Proof[], present: readonly Contestant[], path: string): string {
  const whole = proofs.map(({ adapter }) => adapter.label).join(', ');
  const cut = present[proofs.length]?.label ?? 'the rest';
  return proofs.length === 0
    ? `stopped: nothing is kept, because ${cut} was not tried to the end`
    : `stopped: kept what was found of ${whole} in ${path}; ${cut} was not tried to the end`;
}

function shown(proofs: readonly Proof[], form: 'markdown' | 'matrix', color: boolean, foot: string, io: Io): string {
  if (form === 'markdown') return promisesMarkdown(proofs);
  const width = io.stdout.columns;
  return `${renderMatrix(proofs, { color, ...(width !== undefined && { width }) })}\n\n${foot}`;
}

function footer(proofs: readonly Proof[], argv: readonly string[], path: string, cwd: string): string {
  const took = proofs.map(({ adapter, ms = 0 }) => `${adapter.label} ${seconds(ms)}`).join(', ');
  return [
    `Took: ${took}.`,
    ...marksText(proofs, path, argv, cwd),
    `The same again: ${replay(argv, proofs[0]?.seed ?? 0)}`,
  ].join('\n');
}

/**
 * Those that can run here; why the others cannot is added to `untried`.
 * @throws JobbenchError ENVIRONMENT when none can
 */
async function available(
  contestants: readonly Contestant[],
  allowRemote: boolean,
  progress: Progress,
  untried: Untried[],
): Promise<Contestant[]> {
  const present: Contestant[] = [];
  const reasons: string[] = [];
  for (const contestant of contestants) {
    const why = await whyUnavailable(contestant, { allowRemote });
    if (why === undefined) present.push(contestant);
    else {
      reasons.push(`${contestant.label} cannot run here: ${why.reason}; ${why.remedy}`);
      const { reason, remedy } = why;
      untried.push({ adapter: contestant.label, code: 'ENVIRONMENT', reason, remedy });
    }
  }
  if (present.length === 0) throw new JobbenchError('ENVIRONMENT', reasons.join('\n'));
  for (const reason of reasons) progress.note(`skipped: ${reason}`);
  return present;
}
