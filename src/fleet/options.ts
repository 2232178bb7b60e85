import { z } from 'zod';
import { parseDistribution, type ReadText } from '../core/distribution.js';
import { describeError } from '../core/errors.js';
import { count, durationMs, size } from '../core/units.js';
import type { FleetOptions } from './types.js';

/**
 * A started Fly Machine of size shared-cpu-1x with 1 GB costs $6.70 per 30 days in its cheapest regions, billed by the
 * second (https://fly.io/docs/about/pricing/, as of 2026).
 */
const FLY_SHARED_1GB = 0.00000258;
/** More processes than this of our own are no simulation any more, but a load test of this computer. */
const MOST_PROCESSES = 64;
/** Up to so many machines get a process each without being asked. */
const FEW_MACHINES = 32;

/** Options of simulated machines. @param read for distributions that are a file of measured values */
export function vmOptions(read: ReadText) {
  const distribution = z.string().superRefine((text, context) => {
    try {
      parseDistribution(text, read);
    } catch (error) {
      context.addIssue({ code: 'custom', message: describeError(error) });
    }
  });
  return z
    .object({
      mode: z
        .enum(['queue', 'fork'])
        .default('queue')
        .describe('queue: machines drain one queue and stay warm; fork: a machine per job, fire and forget, no limit'),
      boot: distribution
        .default('500ms')
        .describe('boot of the machine: 500ms, uniform:A:B, lognormal:MEDIAN:P95 or file:PATH of measured values'),
      appBoot: distribution
        .default('uniform:1500ms:5000ms')
        .describe('boot of the application on it, in the same forms'),
      apiDelay: distribution
        .default('0ms')
        .describe('from asking for a machine to the begin of its boot, in the same forms'),
      bootFailure: z.coerce.number().min(0).max(1).default(0).describe('share of machines that fail to boot'),
      wait: z
        .union([z.string(), z.number()])
        .transform(waitText)
        .default('60s')
        .describe('how long a machine stays warm after its last job: seconds (60), a duration (10m) or forever'),
      maxMachines: count({ min: 1, max: 100_000 })
        .default(8)
        .describe('machines at once; what waits then is queued (queue mode only)'),
      attempts: count({ min: 1, max: 1000 })
        .default(3)
        .describe('how often a job may lose its machine before it fails, unless it says so itself (queue mode only)'),
      body: z
        .enum(['auto', 'process', 'shared'])
        .default('auto')
        .describe(
          `where jobs run: process: each machine has one of its own; shared: all machines share a few; auto: process in queue mode up to ${FEW_MACHINES} machines`,
        ),
      timeScale: z.coerce
        .number()
        .min(0.001)
        .max(1000)
        .default(1)
        .describe('simulated times take so much of what they say: 0.02 for tests'),
      price: z.coerce
        .number()
        .min(0)
        .default(FLY_SHARED_1GB)
        .describe('USD per machine-second; the default is a Fly shared-cpu-1x with 1 GB at $6.70 per 30 days'),
      maxPayload: size({ min: 1, max: 128 * 2 ** 20 })
        .default(16 * 2 ** 20)
        .describe('larger payloads are refused'),
      seed: count().default(1).describe('of the boot times; the same seed draws the same machines in each run'),
    })
    .refine(({ mode, body }) => mode !== 'fork' || body !== 'process', {
      path: ['body'],
      message: 'fork mode starts a machine for every job, which would be a process for every job; use shared or auto',
    })
    .refine(({ body, maxMachines }) => body !== 'process' || maxMachines <= MOST_PROCESSES, {
      path: ['body'],
      message: `process gives every machine a process, for at most maxMachines=${MOST_PROCESSES}; use shared for more`,
    });
}

export type VmOptions = z.infer<ReturnType<typeof vmOptions>>;

/** What the fleet makes of them. @throws Error when a file of measured values is not there any more */
export function fleetOptions(o: VmOptions, read: ReadText): FleetOptions {
  return {
    mode: o.mode,
    apiDelay: parseDistribution(o.apiDelay, read),
    boot: parseDistribution(o.boot, read),
    appBoot: parseDistribution(o.appBoot, read),
    bootFailure: o.bootFailure,
    waitMs: o.wait === 'forever' ? Number.POSITIVE_INFINITY : durationMs(o.wait),
    maxMachines: o.maxMachines,
    attempts: o.attempts,
    bodies: 'real',
  };
}

/** Whether machines get a process of their own. */
export function bodyOf({ mode, body, maxMachines }: VmOptions): 'process' | 'shared' {
  if (body !== 'auto') return body;
  return mode === 'queue' && maxMachines <= FEW_MACHINES ? 'process' : 'shared';
}

/** One spelling for each wait, which reads as itself: options are validated again where they arrive. */
function waitText(value: string | number, context: z.RefinementCtx): string {
  const text = String(value).trim();
  if (text === 'forever') return text;
  try {
    const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : durationMs(text);
    return `${ms / 1000}s`;
  } catch {
    context.addIssue({
      code: 'custom',
      message: `"${text}" is not a wait; write seconds (60), a duration (10m) or forever`,
    });
    return z.NEVER;
  }
}
