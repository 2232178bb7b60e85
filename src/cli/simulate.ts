import { resolve } from 'node:path';
import type { Command } from 'commander';
import { JobbenchError } from '../core/errors.js';
import { assertBounded } from '../engine/bounds.js';
import { planCells } from '../engine/cells.js';
import { adapterNames, loadAdapter } from '../engine/registry.js';
import type { Contestant, RunRequest } from '../engine/request.js';
import { simulate as simulateCells } from '../engine/simulate.js';
import { resultPath } from '../store/path.js';
import { checkResultPlace } from '../store/resultplace.js';
import { checkOutput } from '../store/write.js';
import { readContestants } from './contestants.js';
import type { Io } from './io.js';
import { measureAndKeep } from './keeping.js';
import { type Layers, listOf } from './layers.js';
import { createProgress } from './progress.js';
import { readOutput, readRequest } from './request.js';
import { printResult } from './run.js';
import { readLayers } from './settings.js';
import { readTraces } from './trace.js';
import { exitCodeOf } from './verdict.js';

/** `jobbench simulate`: as `run`, in virtual time. @returns the exit code */
export async function simulate(command: Command, argv: readonly string[], io: Io): Promise<number> {
  const layers = await readLayers(command, io);
  const output = readOutput(layers, io);
  const asked = await readRequest(layers, argv, io, models, 'virtual');
  const request: RunRequest = { ...asked, time: 'virtual', traces: readTraces(asked, io.cwd) };
  const plans = await planCells(request);
  if (plans.every(({ skip }) => skip !== undefined))
    throw new JobbenchError('USAGE', `nothing can be simulated: ${plans[0]?.skip ?? 'name an adapter and a scenario'}`);
  assertBounded(plans, request);
  if (output.dryRun) return showCells(request, plans, output.json ? 'json' : 'text', io);
  const progress = createProgress(io.stderr, output.quiet ? 'nothing' : output.progress ? 'status' : 'notes');
  const path = resolve(io.cwd, resultPath(output.out, new Date(), request.id));
  await checkResultPlace(path);
  if (output.html !== undefined) await checkOutput(resolve(io.cwd, output.html), '--html');
  return measureAndKeep(request, path, progress, io, {
    measure: simulateCells,
    print: (result, shown) => printResult(result, shown, output, io),
    exitCode: exitCodeOf,
  });
}

/** The chosen adapters, which must have a model; without a choice all that have one. @throws JobbenchError USAGE */
async function models(layers: Layers, cwd: string): Promise<readonly Contestant[]> {
  const able: string[] = [];
  for (const name of adapterNames()) if ((await loadAdapter(name, cwd))?.adapter.simulate) able.push(name);
  const named = listOf(layers, 'adapter') !== undefined;
  const chosen = await readContestants(named ? layers : [...layers, defaultTo(able)], cwd);
  const without = chosen.find(({ adapter }) => adapter.simulate === undefined);
  if (without === undefined) return chosen;
  throw new JobbenchError(
    'USAGE',
    `${without.label} has no model to simulate; choose ${able.join(', ')}, or measure it: jobbench run --adapter ${without.ref.name}`,
  );
}

function defaultTo(adapter: readonly string[]): Layers[number] {
  return { source: 'config', lists: { adapter }, switches: {}, values: {}, written: (option) => option };
}

function showCells(
  { seed, trials, questions }: RunRequest,
  plans: Awaited<ReturnType<typeof planCells>>,
  format: 'text' | 'json',
  io: Io,
): number {
  const cells = plans.map(({ id, skip }) => ({
    id,
    status: skip === undefined ? 'planned' : 'skipped',
    ...(skip !== undefined && { reason: skip }),
  }));
  if (format === 'json') {
    io.stdout.write(`${JSON.stringify({ cells, trials, seed, profile: 'virtual' }, null, 1)}\n`);
    return 0;
  }
  const width = Math.max(...cells.map(({ id }) => id.length));
  const lines = cells.map(
    ({ id, status, reason }) => `  ${id.padEnd(width)}  ${[status, reason].filter(Boolean).join(': ')}`,
  );
  const each = questions.map((one) => `${one.name} ${one.trials ?? trials}`).join(', ');
  io.stdout.write(
    `Plan: virtual time, seed ${seed}\n${lines.join('\n')}\nTrials of each cell: ${each}. Nothing was simulated or written.\n`,
  );
  return 0;
}
