import { z } from 'zod';
import { parseDistribution, type ReadText } from '../core/distribution.js';
import { describeError } from '../core/errors.js';
import { count, size } from '../core/units.js';
import { parseLifetime } from './lifetime.js';
import { withPresets } from './presetoptions.js';
import { parseQueues } from './queuelimits.js';
import { waitText } from './wait.js';

/**
 * A started Fly Machine of size shared-cpu-1x with 1 GB costs $6.70 per 30 days in its cheapest regions, billed by the
 * second (https://fly.io/docs/about/pricing/, as of 2026).
 */
const FLY_SHARED_1GB = 0.00000258;
/** More processes than this of our own are no simulation any more, but a load test of this computer. */
const MOST_PROCESSES = 64;
/** Up to so many machines get a process each without being asked. */
export const FEW_MACHINES = 32;

/** Machines that are replaced faster than this by themselves would fill the time with nothing but their starts. */
const LEAST_CYCLE_MS = 1000;

const price = (what: string) => z.coerce.number().min(0).default(0).describe(`USD per second of a ${what} machine`);

/**
 * Options of simulated machines: a preset fills what is not given, and combinations that mean nothing are refused.
 * @param read for distributions and presets that are a file of measured values
 */
export function vmOptions(read: ReadText) {
  const schema = z
    .object(fields(read))
    .refine(({ mode, body }) => mode !== 'fork' || body !== 'process', {
      path: ['body'],
      message: 'fork mode starts a machine for every job, which would be a process for every job; use shared or auto',
    })
    .refine(({ body, maxMachines }) => body !== 'process' || maxMachines <= MOST_PROCESSES, {
      path: ['body'],
      message: `process gives every machine a process, for at most maxMachines=${MOST_PROCESSES}; use shared for more`,
    })
    .refine(({ minWarm, maxMachines }) => minWarm <= maxMachines, {
      path: ['minWarm'],
      message: 'more machines cannot always be up than there may be at once; raise maxMachines',
    })
    .refine(({ minWarm, bootFailure }) => minWarm === 0 || bootFailure < 1, {
      path: ['minWarm'],
      message: 'no machine ever comes up with bootFailure=1; lower it, or leave minWarm at 0',
    })
    .refine((o) => o.minWarm === 0 || o.mode === 'fork' || !(meanCycleMs(o, read) < LEAST_CYCLE_MS), {
      path: ['minWarm'],
      message: `machines that are always up would be started again more than once a second each; give them a longer lifetime, or leave minWarm at 0`,
    });
  return withPresets(schema, read);
}

export type VmOptions = z.infer<ReturnType<typeof vmOptions>>;

/** Each option by itself: what it may be, what it is when nobody says, and a sentence for the help. */
function fields(read: ReadText) {
  const distribution = text((given) => parseDistribution(given, read));
  return {
    preset: z
      .string()
      .default('article')
      .describe(
        'figures of a platform for all options that are not given: article, fly, fly-suspend, fly-create, firecracker, or file:PATH of your own (JSON)',
      ),
    mode: z
      .enum(['queue', 'fork'])
      .default('queue')
      .describe('queue: machines drain one queue and stay warm; fork: a machine per job, fire and forget, no limit'),
    boot: distribution
      .default('500ms')
      .describe(
        'boot of the machine: 500ms, uniform:A:B, lognormal:MEDIAN:P95, exponential:MEAN or file:PATH of measured values',
      ),
    appBoot: distribution.default('uniform:1500ms:5000ms').describe('boot of the application on it, in the same forms'),
    resume: distribution.default('300ms').describe('in place of both with park=suspend, in the same forms'),
    apiDelay: distribution
      .default('0ms')
      .describe('from asking for a machine to the begin of its boot, in the same forms'),
    apiRate: z.coerce
      .number()
      .min(0)
      .max(100_000)
      .default(0)
      .describe('machines that the platform lets one ask for a second; 0: no limit'),
    apiBurst: count({ min: 1, max: 100_000 }).default(1).describe('of these, so many at once after a pause'),
    bootFailure: z.coerce.number().min(0).max(1).default(0).describe('share of machines that fail to boot'),
    lifetime: text((given) => parseLifetime(given, read))
      .default('never')
      .describe(
        'how long a machine is up until it dies in the midst of its jobs, in the forms of boot (exponential:6h), or never',
      ),
    wait: z
      .union([z.string(), z.number()])
      .transform(waitText)
      .default('60s')
      .describe('how long a machine stays warm after its last job: seconds (60), a duration (10m) or forever'),
    maxMachines: count({ min: 1, max: 100_000 })
      .default(8)
      .describe('machines at once; what waits then is queued (queue mode only)'),
    queues: text(parseQueues)
      .default('')
      .describe(
        'queues with machines of their own, as NAME:CAP:WAIT,...; all others share maxMachines and wait (queue mode only)',
      ),
    minWarm: count({ min: 0, max: 100_000 })
      .default(0)
      .describe('machines that are always up, from the begin (queue mode only)'),
    jobsPerMachine: count({ min: 1, max: 1024 }).default(1).describe('jobs at once on one machine (queue mode only)'),
    park: z
      .enum(['destroy', 'stop', 'suspend'])
      .default('destroy')
      .describe(
        'a machine whose wait is over is gone, or is stopped and can be started again, or is suspended and can be resumed (queue mode only)',
      ),
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
    priceStopped: price('stopped'),
    priceSuspended: price('suspended'),
    maxPayload: size({ min: 1, max: 128 * 2 ** 20 })
      .default(16 * 2 ** 20)
      .describe('larger payloads are refused'),
    seed: count().default(1).describe('of the boot times; the same seed draws the same machines in each run'),
  };
}

/** @param parse throws where the text cannot be read, with what is allowed */
function text(parse: (text: string) => unknown) {
  return z.string().superRefine((given, context) => {
    try {
      parse(given);
    } catch (error) {
      context.addIssue({ code: 'custom', message: describeError(error) });
    }
  });
}

interface Cycle {
  readonly apiDelay: string;
  readonly boot: string;
  readonly appBoot: string;
  readonly lifetime: string;
  readonly bootFailure: number;
}

/** From the start of a machine that has nothing to do to that of the one that replaces it, on average. */
function meanCycleMs({ apiDelay, boot, appBoot, lifetime, bootFailure }: Cycle, read: ReadText): number {
  const mean = (text: string) => parseDistribution(text, read).meanMs;
  const upMs = mean(appBoot) + parseLifetime(lifetime, read).meanMs;
  return mean(apiDelay) + mean(boot) + (1 - bootFailure) * upMs;
}
