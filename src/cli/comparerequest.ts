import { resolve } from 'node:path';
import type { Command } from 'commander';
import { parseThreshold } from '../compare/threshold.js';
import { JobbenchError } from '../core/errors.js';
import { colorful } from './color.js';
import { EXPORT_FORMATS, type ExportRequest } from './exports.js';
import { FAIL_ON, type FailOn } from './gate.js';
import type { Io } from './io.js';
import { didYouMean } from './suggest.js';

export const FORMATS = ['table', 'markdown', 'json', 'github'] as const;
export type ComparisonFormat = (typeof FORMATS)[number];

/** A file as it was named: `label=path`, or a path that is its own label. */
export interface FileArgument {
  readonly label: string;
  readonly path: string;
}

/** Everything `compare` was asked, validated as far as it can be without the files. */
export interface CompareRequest {
  readonly base: FileArgument;
  /** Absent with `--by adapter`. */
  readonly head?: FileArgument;
  readonly baseAdapter?: string;
  readonly metrics?: readonly string[];
  readonly threshold?: number;
  readonly history?: string;
  readonly failOn: FailOn;
  readonly format: ComparisonFormat;
  readonly color: boolean;
  readonly exports: readonly ExportRequest[];
}

/** @throws JobbenchError USAGE */
export function readCompareRequest(files: readonly (string | undefined)[], command: Command, io: Io): CompareRequest {
  const text = (name: string) => nonEmpty(command.getOptionValue(name));
  const list = (name: string) => (command.getOptionValue(name) ?? []) as string[]; // collected by commander
  const by = choice('--by', text('by'), ['adapter']);
  const [base, head] = files.map((file) => (file === undefined ? undefined : fileOf(file)));
  if (base === undefined) throw new JobbenchError('USAGE', 'compare needs two result files');
  if (by === undefined && head === undefined) {
    throw new JobbenchError('USAGE', 'compare needs two files, BASE and HEAD, or one with --by adapter');
  }
  if (by !== undefined && head !== undefined) {
    throw new JobbenchError('USAGE', '--by adapter compares inside one file: name one file only');
  }
  const baseAdapter = text('base');
  if (baseAdapter !== undefined && by === undefined) {
    throw new JobbenchError('USAGE', '--base names an adapter, and is for --by adapter');
  }
  const metrics = metricsOf(command.getOptionValue('metric'));
  const threshold = text('threshold');
  const history = text('history');
  const color = choice('--color', text('color'), ['auto', 'always', 'never']) ?? 'auto';
  return {
    base,
    ...(head !== undefined && { head }),
    ...(baseAdapter !== undefined && { baseAdapter }),
    ...(metrics !== undefined && { metrics }),
    ...(threshold !== undefined && { threshold: parseThreshold(threshold, '--threshold') }),
    ...(history !== undefined && { history }),
    failOn: choice('--fail-on', text('failOn'), FAIL_ON) ?? (by === undefined ? 'regression' : 'never'),
    format: formatOf(text('format'), command.getOptionValue('json') === true),
    color: color === 'auto' ? colorful(io) : color === 'always',
    exports: list('export').map((each) => exportOf(each, io.cwd)),
  };
}

export function formatOf(given: string | undefined, json: boolean): ComparisonFormat {
  const format = choice('--format', given, FORMATS);
  if (json && format !== undefined && format !== 'json') {
    throw new JobbenchError('USAGE', `--json and --format ${format} cannot be used together`);
  }
  return json ? 'json' : (format ?? 'table');
}

/** @param given as commander collects it @returns undefined where none is named */
export function metricsOf(given: unknown): readonly string[] | undefined {
  if (!Array.isArray(given)) return undefined;
  const metrics = given.flatMap((names) =>
    String(names)
      .split(',')
      .map((name) => name.trim()),
  );
  if (metrics.includes('')) throw new JobbenchError('USAGE', '--metric: a name is missing');
  return [...new Set(metrics)];
}

/** A label has no slash: `./a=b.json` is a path. */
export function fileOf(argument: string): FileArgument {
  const match = /^([^=/\\]+)=(.+)$/s.exec(argument);
  const [, label, path] = match ?? [];
  return label === undefined || path === undefined ? { label: argument, path: argument } : { label, path };
}

export function exportOf(given: string, cwd: string): ExportRequest {
  const [, name = given, path = ''] = /^([^=]*)=(.*)$/s.exec(given) ?? [];
  const format = choice('--export', name, EXPORT_FORMATS);
  if (format === undefined || path === '') throw new JobbenchError('USAGE', `--export ${given}: write FORMAT=PATH`);
  return { format, path: resolve(cwd, path) };
}

/** One of a few words. @throws JobbenchError USAGE with what is allowed, and what was probably meant */
export function choice<T extends string>(written: string, given: string | undefined, allowed: readonly T[]) {
  if (given === undefined) return undefined;
  const found = allowed.find((word) => word === given);
  if (found !== undefined) return found;
  const all = allowed.length < 2 ? allowed.join('') : `${allowed.slice(0, -1).join(', ')} or ${allowed.at(-1)}`;
  throw new JobbenchError(
    'USAGE',
    `${written}: "${given}" is not allowed${didYouMean(given, allowed)} It takes ${all}`,
  );
}

function nonEmpty(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}
