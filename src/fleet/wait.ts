import { z } from 'zod';
import { durationMs } from '../core/units.js';

/** One spelling for each wait, which reads as itself: options are validated again where they arrive. */
export function waitText(value: string | number, context: z.RefinementCtx): string {
  try {
    return spelled(String(value).trim());
  } catch {
    context.addIssue({ code: 'custom', message: notAWait(String(value).trim()) });
    return z.NEVER;
  }
}

/** Milliseconds of a wait: seconds (60), a duration (10m) or forever. @throws Error with what is allowed */
export function waitMs(text: string): number {
  if (text === 'forever') return Number.POSITIVE_INFINITY;
  try {
    return /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : durationMs(text);
  } catch (cause) {
    throw new Error(notAWait(text), { cause });
  }
}

function spelled(text: string): string {
  return text === 'forever' ? text : `${waitMs(text) / 1000}s`;
}

function notAWait(text: string): string {
  return `"${text}" is not a wait; write seconds (60), a duration (10m) or forever`;
}
