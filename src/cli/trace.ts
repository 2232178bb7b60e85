import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { codeOf, JobbenchError } from '../core/errors.js';
import type { Trace } from '../core/scenario.js';
import { parseTrace } from '../core/trace.js';
import type { RunRequest } from '../engine/request.js';

/** The traces that params of a run name, read and checked before anything is simulated. @throws JobbenchError USAGE */
export function readTraces({ questions }: RunRequest, cwd: string): ReadonlyMap<string, Trace> {
  const paths = questions.flatMap(({ paramSets }) => paramSets.map(({ trace }) => trace));
  const named = new Set(paths.filter((path): path is string => typeof path === 'string' && path !== ''));
  return new Map([...named].map((path) => [path, readTrace(path, cwd)]));
}

function readTrace(path: string, cwd: string): Trace {
  let text: string;
  try {
    text = readFileSync(resolve(cwd, path), 'utf8');
  } catch (cause) {
    throw new JobbenchError('USAGE', `trace ${path} cannot be read (${codeOf(cause) ?? 'unknown error'})`, { cause });
  }
  return parseTrace(text, path);
}
