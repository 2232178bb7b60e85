import type { Command } from 'commander';
import { parseThreshold } from '../compare/threshold.js';
import { JobbenchError } from '../core/errors.js';
import { count } from '../core/units.js';
import type { RunRequest } from '../engine/request.js';
import { type ComparisonFormat, exportOf, formatOf, metricsOf } from './comparerequest.js';
import { readArms } from './contestants.js';
import type { ExportRequest } from './exports.js';
import type { Io } from './io.js';
import type { Layer, Layers } from './layers.js';
import { type OutputOptions, readOutput, readRequest } from './request.js';
import { complaint } from './schema.js';
import { readLayers } from './settings.js';
import { didYouMean } from './suggest.js';

const BLOCKS = 12;
/** Fewer have no interval of 99 %. */
const FEWEST_BLOCKS = 8;

/** Everything `ab` was asked, validated before anything is measured. */
export interface AbRequest {
  readonly run: RunRequest;
  readonly output: OutputOptions;
  readonly kind: 'ab' | 'aa';
  readonly metrics?: readonly string[];
  readonly threshold?: number;
  readonly format: ComparisonFormat;
  readonly exports: readonly ExportRequest[];
}

/** @throws JobbenchError USAGE */
export async function readAbRequest(command: Command, argv: readonly string[], io: Io): Promise<AbRequest> {
  const text = (name: string): string | undefined => {
    const value: unknown = command.getOptionValue(name);
    return typeof value === 'string' && value.trim() !== '' ? value : undefined;
  };
  const aa = command.getOptionValue('aa') === true;
  const [a, b] = armsOf(text('a'), text('b'), aa);
  if (text('adapter') !== undefined) {
    throw new JobbenchError('USAGE', 'ab compares two arms: name them by --a and --b in place of --adapter');
  }
  const format = formatOf(text('format'), command.getOptionValue('json') === true);
  const threshold = text('threshold');
  const metrics = metricsOf(command.getOptionValue('metric'));
  const layers = withBlocks(await readLayers(command, io), text('blocks'));
  const run = await readRequest(layers, argv, io, (given, cwd) => readArms(a, b, given, cwd));
  if (metrics !== undefined) assertMeasured(metrics, run);
  return {
    run: { ...run, contest: 'arms' },
    output: readOutput(layers, io),
    kind: aa ? 'aa' : 'ab',
    format,
    exports: exportsOf(command.getOptionValue('export'), io.cwd),
    ...(metrics !== undefined && { metrics }),
    ...(threshold !== undefined && { threshold: parseThreshold(threshold, '--threshold') }),
  };
}

function armsOf(a: string | undefined, b: string | undefined, aa: boolean): [string, string] {
  if (aa) {
    const [one = b, other] = [a, b];
    if (one === undefined) throw new JobbenchError('USAGE', '--aa measures one arm against itself: name it by --a');
    if (other !== undefined && other !== one)
      throw new JobbenchError('USAGE', '--aa measures one arm against itself: leave out --b');
    return [one, one];
  }
  if (a !== undefined && b !== undefined) return [a, b];
  const lacks = a === undefined && b === undefined ? '--a and --b' : a === undefined ? '--a' : '--b';
  throw new JobbenchError(
    'USAGE',
    `ab compares two arms: ${lacks} missing; as in --a sqlite --b 'sqlite?synchronous=full'`,
  );
}

/**
 * Blocks are the trials of both arms. What a configuration says of adapters and trials is about `run`; of scenarios, `ab`
 * asks one unless it is told: each more makes it longer, and every verdict harder to reach.
 */
function withBlocks(layers: Layers, given: string | undefined): Layers {
  const field = count({ min: FEWEST_BLOCKS, max: 500 });
  const parsed = field.safeParse(given ?? String(BLOCKS));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    if (issue === undefined) throw parsed.error;
    throw new JobbenchError('USAGE', complaint('--blocks', given, issue, field));
  }
  const layer = (source: Layer['source'], rest: Partial<Layer>): Layer => {
    return { source, lists: {}, switches: {}, values: {}, written: (option) => `--${option}`, ...rest };
  };
  return [
    layer('config', { lists: { scenario: ['throughput'] } }),
    ...layers,
    layer('flags', { values: { trials: String(parsed.data) } }),
  ];
}

/** A gate for a metric that nobody measures would always pass. */
function assertMeasured(metrics: readonly string[], { questions, contestants }: RunRequest): void {
  const known = new Set([
    ...questions.flatMap(({ scenario }) => Object.keys(scenario.metrics)),
    ...contestants.flatMap(({ adapter }) => Object.keys(adapter.metrics ?? {})),
  ]);
  const unknown = metrics.find((name) => !known.has(name));
  if (unknown === undefined) return;
  const all = [...known];
  throw new JobbenchError(
    'USAGE',
    `--metric: nothing here measures "${unknown}"${didYouMean(unknown, all)} Metrics: ${all.join(', ')}`,
  );
}

function exportsOf(given: unknown, cwd: string): ExportRequest[] {
  return Array.isArray(given) ? given.map((each) => exportOf(String(each), cwd)) : [];
}
