import bytes from 'bytes';
import parseDuration from 'parse-duration';
import { z } from 'zod';
import { describeError } from './errors.js';
import type { Work } from './job.js';

/** Milliseconds from `500ms`, `5s`, `1m30s`; `0` needs no unit. @throws Error with what is allowed */
export function durationMs(text: string): number {
  if (text.trim() === '0') return 0;
  const ms = /^\s*(\d+(\.\d+)?\s*(ms|s|m|h|d)\s*)+$/.test(text) ? parseDuration(text) : null;
  if (ms === null || ms === undefined || !Number.isFinite(ms)) {
    throw new Error(`"${text}" is not a duration; write 500ms, 5s or 1m30s`);
  }
  return ms;
}

/** Bytes from `256B`, `4kB`, `1MB` (powers of 1024, as the `bytes` package has them) or a plain number. @throws Error */
function byteCount(text: string): number {
  const value = /^\s*\d+(\.\d+)?\s*([kmg]?b)?\s*$/i.test(text) ? bytes.parse(text.trim()) : null;
  if (value === null) throw new Error(`"${text}" is not a size; write 256B, 4kB or 1MB`);
  return value;
}

/** A zod type for a duration: milliseconds as a number, or text with a unit. */
export const duration = (range: { min?: number; max?: number } = {}) =>
  z
    .union([z.number(), z.string()])
    .transform((value, context) => converted(value, durationMs, context))
    .pipe(
      z
        .number()
        .min(range.min ?? 0)
        .max(range.max ?? 2 ** 40),
    );

/** A zod type for a size in bytes. */
export const size = (range: { min?: number; max?: number } = {}) =>
  z
    .union([z.number(), z.string()])
    .transform((value, context) => converted(value, byteCount, context))
    .pipe(
      z
        .number()
        .int()
        .min(range.min ?? 0)
        .max(range.max ?? 2 ** 40),
    );

/** A zod type for whole numbers that may arrive as text. */
export const count = (range: { min?: number; max?: number } = {}) =>
  z.coerce
    .number()
    .int()
    .min(range.min ?? 0)
    .max(range.max ?? Number.MAX_SAFE_INTEGER);

function converted(value: number | string, parse: (text: string) => number, context: z.RefinementCtx): number {
  if (typeof value === 'number') return value;
  try {
    return parse(value);
  } catch (error) {
    context.addIssue({ code: 'custom', message: describeError(error) });
    return z.NEVER;
  }
}

/** Work from `noop`, `cpu:5ms`, `io:20ms`, `alloc:8MB`, `sqlite:1`, `fail:2`. @throws Error with what is allowed */
export function parseWork(text: string): Work {
  const [kind = '', amount] = text.split(':');
  const need = (example: string): string => {
    if (amount === undefined || amount === '') throw new Error(`work "${kind}" needs an amount, as in ${example}`);
    return amount;
  };
  switch (kind) {
    case 'noop':
    case 'exit':
    case 'hang':
      if (amount !== undefined) throw new Error(`work "${kind}" takes no amount`);
      return { kind };
    case 'cpu':
    case 'io':
      return { kind, ms: atMost(durationMs(need(`${kind}:5ms`)), LONGEST_WORK_MS, `${kind}:1h`) };
    case 'alloc':
      return { kind, bytes: atMost(byteCount(need('alloc:8MB')), LARGEST_WORK_BYTES, 'alloc:1GB') };
    case 'sqlite':
      return { kind, rows: whole(need('sqlite:1'), 'sqlite') };
    case 'fail':
      return { kind, times: whole(need('fail:2'), 'fail') };
    case 'throw':
      if (amount !== 'nul' && amount !== 'long') throw new Error('work "throw" is throw:nul or throw:long');
      return { kind, text: amount };
    default:
      throw new Error(`"${text}" is not a kind of work; choose noop, cpu:5ms, io:20ms, alloc:8MB, sqlite:1 or fail:2`);
  }
}

/** Longer than any trial of it ends. */
const LONGEST_WORK_MS = 3_600_000;
/** Several jobs run at once, each with so much. */
const LARGEST_WORK_BYTES = 2 ** 30;

function atMost(value: number, most: number, example: string): number {
  if (value <= most) return value;
  throw new Error(`${example} is the most that a job may do; write less`);
}

function whole(text: string, kind: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 1000) {
    throw new Error(`work "${kind}" takes a whole number from 1 to 1000, not "${text}"`);
  }
  return value;
}

/** Work as text, as `parseWork` reads it. */
export function formatWork(work: Work): string {
  switch (work.kind) {
    case 'noop':
    case 'exit':
    case 'hang':
      return work.kind;
    case 'effect':
      return `effect:${work.ms}ms`;
    case 'cpu':
    case 'io':
      return `${work.kind}:${work.ms}ms`;
    case 'alloc':
      return `alloc:${bytes.format(work.bytes, { unitSeparator: '' }) ?? work.bytes}`;
    case 'sqlite':
      return `sqlite:${work.rows}`;
    case 'fail':
      return `fail:${work.times}`;
    case 'throw':
      return `throw:${work.text}`;
    default:
      return work satisfies never;
  }
}

/** A zod type for work given as text; stays text, so that params are printable and comparable. */
export const workText = z.string().transform((text, context) => {
  try {
    return formatWork(parseWork(text));
  } catch (error) {
    context.addIssue({ code: 'custom', message: describeError(error) });
    return z.NEVER;
  }
});
