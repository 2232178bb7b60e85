import { JobbenchError } from './errors.js';
import type { Trace } from './scenario.js';
import { durationMs } from './units.js';

const COLUMNS = 'time[,duration[,queue]]';
const MOST = 20_000_000;

/**
 * Arrivals from a CSV file: a time, and where it is known how long the job took and its queue. Times are ISO dates, or
 * seconds since any moment; durations are seconds, or have a unit. A first line of names is skipped, as are empty
 * lines and lines that begin with #.
 * @throws JobbenchError USAGE that names the line
 */
export function parseTrace(text: string, path: string): Trace {
  const at: number[] = [];
  const run: number[] = [];
  const queues = new Map<string, number>();
  const of: number[] = [];
  let number = 0;
  for (const line of linesOf(text)) {
    number++;
    const row = line.trim();
    if (row === '' || row.startsWith('#')) continue;
    const [time = '', length = '', queue = '', ...more] = row.split(',').map((cell) => cell.trim());
    if (at.length === 0 && run.length === 0 && number === 1 && /^[a-z_ ]+$/i.test(time)) continue;
    if (more.length > 0) refuse(path, number, `${more.length + 3} columns; it takes ${COLUMNS}`);
    const ms = timeMs(time, path, number);
    const before = at.at(-1);
    if (before !== undefined && ms < before) refuse(path, number, `"${time}" is before the line above; sort by time`);
    if (at.length >= MOST) refuse(path, number, `more than ${MOST.toLocaleString('en-US')} jobs`);
    at.push(ms);
    if (length !== '') run.push(lengthMs(length, path, number));
    if (run.length > 0 && run.length < at.length)
      refuse(path, number, 'a duration is missing; all lines have one, or none has');
    if (!queues.has(queue)) queues.set(queue, queues.size);
    of.push(queues.get(queue) ?? 0);
  }
  const [first] = at;
  if (first === undefined) throw new JobbenchError('USAGE', `trace ${path} holds no jobs; write lines of ${COLUMNS}`);
  return {
    atMs: Float64Array.from(at, (ms) => ms - first),
    ...(run.length > 0 && { runMs: Float64Array.from(run) }),
    ...(queues.size > 1 || !queues.has('') ? { queues: { names: [...queues.keys()], of: Uint16Array.from(of) } } : {}),
  };
}

function* linesOf(text: string): Iterable<string> {
  let from = 0;
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
    yield text.slice(from, end);
    from = end + 1;
  }
  if (from < text.length) yield text.slice(from);
}

function timeMs(text: string, path: string, line: number): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  const ms = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms))
    refuse(path, line, `"${text.slice(0, 40)}" is not a time; write 2026-11-21T09:00:00Z or seconds as 12.5`);
  return ms;
}

function lengthMs(text: string, path: string, line: number): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  try {
    return durationMs(text);
  } catch (cause) {
    const message = `trace ${path} line ${line}: "${text.slice(0, 40)}" is not a duration; write seconds as 3.2, or 3200ms`;
    throw new JobbenchError('USAGE', message, { cause });
  }
}

function refuse(path: string, line: number, what: string): never {
  throw new JobbenchError('USAGE', `trace ${path} line ${line}: ${what}`);
}
