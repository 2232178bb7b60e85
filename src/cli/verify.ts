import { randomBytes, randomInt } from 'node:crypto';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Context, Level } from '../conformance/case.js';
import { effectiveOf } from '../conformance/direct.js';
import { SUITE, verifyAll } from '../conformance/suite.js';
import { codeOf, JobbenchError, redact } from '../core/errors.js';
import type { Proof } from '../core/promises.js';
import { safeOptions } from '../core/secrets.js';
import { count, duration } from '../core/units.js';
import { seconds } from '../engine/deadline.js';
import { calibrate, describeHost } from '../engine/machine.js';
import { registerRun } from '../engine/others.js';
import type { Contestant } from '../engine/request.js';
import { openScratch } from '../engine/scratch.js';
import { sourceHash } from '../engine/source.js';
import { packageVersions } from '../engine/versions.js';
import { promisesMarkdown } from '../report/promises/markdown.js';
import { renderMatrix } from '../report/promises/matrix.js';
import { keepProofs, promisesFile, proofsPath, readProofs } from '../store/proofs.js';
import { checkOutput } from '../store/write.js';
import { readContestants, whyUnavailable } from './contestants.js';
import type { Io } from './io.js';
import { shortest } from './keeping.js';
import { listOf } from './layers.js';
import { createProgress, type Progress } from './progress.js';
import { readOutput, readValue } from './request.js';
import { readLayers } from './settings.js';
import { stopOnSignal } from './stopping.js';
import { replay, tooSlow } from './verifyagain.js';
import { version } from './version.js';

const MOST_SEED = 2 ** 32 - 1;
const TIMEOUT_MS = 30_000;

/** `jobbench verify`: does an adapter keep its promises? @returns the exit code */
export async function verify(command: Command, argv: readonly string[], io: Io): Promise<number> {
  const layers = await readLayers(command, io);
  const output = readOutput(layers, io);
  const level: Level = command.opts<{ level: Level }>().level; // commander allows no other
  const seed = readValue(layers, 'seed', count({ min: 0, max: MOST_SEED })) ?? randomInt(MOST_SEED);
  const timeoutMs = readValue(layers, 'timeout', duration({ min: 1000, max: 600_000 })) ?? TIMEOUT_MS;
  const contestants = await readContestants(layers, io.cwd);
  const progress = createProgress(io.stderr, output.quiet ? 'nothing' : output.progress ? 'status' : 'notes');
  const allowRemote = command.opts<{ allowRemote?: boolean }>().allowRemote ?? false;
  const { present, missing } = await sorted(contestants, allowRemote, progress);
  const path = resolve(io.cwd, proofsPath(output.out));
  await readProofs(path); // one that is no such file is not to be found out about after ten minutes
  await checkOutput(path);

  const stop = stopOnSignal(io, progress, 'stopping');
  const proofs: Proof[] = [];
  try {
    const given = { level, seed, timeoutMs, allowRemote, signal: stop.signal };
    await proveAll(present, given, progress, proofs);
    await keepProofs(path, proofs);
    progress.clear();
    const form = output.json ? 'json' : command.opts<{ markdown?: boolean }>().markdown ? 'markdown' : 'matrix';
    io.stdout.write(`${shown(proofs, form, output.color, footer(proofs, argv, shortest(path, io.cwd)), io)}\n`);
    if (proofs.some(({ findings }) => findings.some(({ status }) => status === 'violated'))) return 4;
    // Of adapters that nobody named, those that cannot run here are no trouble.
    return missing > 0 && listOf(layers, 'adapter') !== undefined ? 3 : 0;
  } catch (error) {
    progress.clear();
    const code = stop.code();
    if (code === undefined || codeOf(error) !== 'ABORTED') throw error;
    if (proofs.length > 0) await keepProofs(path, proofs);
    progress.note(whatIsKept(proofs, present, shortest(path, io.cwd)));
    return code;
  } finally {
    stop.release();
  }
}

/** Half of the cases prove nothing of an adapter, so only those that came to their end are kept. */
function whatIsKept(proofs: readonly Proof[], present: readonly Contestant[], path: string): string {
  const whole = proofs.map(({ adapter }) => adapter.label).join(', ');
  const cut = present[proofs.length]?.label ?? 'the rest';
  return proofs.length === 0
    ? `stopped: nothing is kept, because ${cut} was not tried to the end`
    : `stopped: kept what was found of ${whole} in ${path}; ${cut} was not tried to the end`;
}

function shown(
  proofs: readonly Proof[],
  form: 'json' | 'markdown' | 'matrix',
  color: boolean,
  foot: string,
  io: Io,
): string {
  if (form === 'json') return JSON.stringify(promisesFile(proofs), null, 1);
  if (form === 'markdown') return promisesMarkdown(proofs);
  const width = io.stdout.columns;
  return `${renderMatrix(proofs, { color, ...(width !== undefined && { width }) })}\n\n${foot}`;
}

function footer(proofs: readonly Proof[], argv: readonly string[], path: string): string {
  const took = proofs.map(({ adapter, ms = 0 }) => `${adapter.label} ${seconds(ms)}`).join(', ');
  return [
    `Took: ${took}.`,
    `Kept in ${path}; \`jobbench run\` marks what is proved.`,
    `The same again: ${replay(argv, proofs[0]?.seed ?? 0)}`,
  ].join('\n');
}

/** @throws JobbenchError ENVIRONMENT when none can run here */
async function sorted(contestants: readonly Contestant[], allowRemote: boolean, progress: Progress) {
  const present: Contestant[] = [];
  const reasons: string[] = [];
  for (const contestant of contestants) {
    const why = await whyUnavailable(contestant, { allowRemote });
    if (why === undefined) present.push(contestant);
    else reasons.push(`${contestant.label} cannot run here: ${why.reason}; ${why.remedy}`);
  }
  if (present.length === 0) throw new JobbenchError('ENVIRONMENT', reasons.join('\n'));
  for (const reason of reasons) progress.note(`skipped: ${reason}`);
  return { present, missing: reasons.length };
}

type Given = Pick<Context, 'seed' | 'timeoutMs' | 'allowRemote' | 'signal'> & { readonly level: Level };

/** @param proofs gets one for each adapter when all its cases are over: they are whole whatever happens to the next */
async function proveAll(
  contestants: readonly Contestant[],
  given: Given,
  progress: Progress,
  proofs: Proof[],
): Promise<void> {
  const registration = registerRun();
  await using scratch = openScratch(false);
  try {
    const { spinsPerMs } = await calibrate(scratch.dir);
    const machine = await describeHost();
    if (registration.others().length > 0)
      progress.note(
        'another jobbench run is active on this machine: faults are late then, and cases may run out of time',
      );
    for (const contestant of contestants) {
      const context: Context = {
        ...given,
        adapter: contestant.adapter,
        ref: contestant.ref,
        traits: contestant.adapter.traitsFor?.(contestant.ref.options) ?? contestant.adapter.traits,
        runId: randomBytes(3).toString('hex'),
        scratchRoot: scratch.dir,
        spinsPerMs,
      };
      const told = (name: string, done: number, of: number) =>
        progress.status(`${contestant.label}, ${done + 1} of ${of}: ${name}`, undefined);
      const from = performance.now();
      const effective = await effectiveOf(context);
      const findings = await verifyAll(SUITE, context, told);
      const ms = Math.round(performance.now() - from);
      const late = tooSlow(contestant.label, given.level, ms);
      if (late !== undefined) progress.note(late);
      proofs.push({
        adapter: {
          name: contestant.ref.name,
          label: contestant.label,
          options: safeOptions(contestant.ref.options, redact),
          traits: { ...context.traits },
          versions: packageVersions(contestant.adapter.packages ?? []),
          source: contestant.ref.source ?? sourceHash(contestant.ref.module),
          effective: { ...effective },
        },
        level: given.level,
        seed: given.seed,
        date: new Date().toISOString(),
        jobbench: version(),
        machine: { ...machine },
        findings,
        ms,
      });
    }
  } finally {
    registration.release();
  }
}
