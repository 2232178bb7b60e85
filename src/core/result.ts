import { z } from 'zod';

/**
 * The result file, version 1: the only thing between measuring and reporting. Fields may be added; unknown ones are
 * kept. `results/schema.v1.json` is generated from here.
 */
export const RESULT_FORMAT = 'jobbench-result';
export const RESULT_VERSION = 1;

/** Nothing that is measured comes near, so that sums, squares and units of what a file holds stay numbers. */
export const LARGEST_NUMBER = 1e18;
const tooLarge = 'a number of at most 1e18 in size is expected';
const finite = z.number().min(-LARGEST_NUMBER, tooLarge).max(LARGEST_NUMBER, tooLarge);
const record = <T extends z.ZodType>(value: T) => z.record(z.string(), value);

const WarningSchema = z.looseObject({ code: z.string(), message: z.string() });

export const MetricInfoSchema = z.looseObject({
  label: z.string(),
  unit: z.string().describe('jobs/s, req/s, /s, ms, s, bytes, ratio, count, percent, usd, index'),
  better: z.enum(['higher', 'lower']),
});

const LedgerSchema = z.looseObject({
  planned: z.int().describe('jobs that producers called enqueue for'),
  accepted: z.int().describe('enqueue resolved'),
  rejected: z.int().describe('enqueue refused or failed, and said so'),
  completed: z.int().describe('distinct jobs that ended without throwing'),
  lost: z.int().describe('accepted, but neither completed nor reported as failed'),
  duplicated: z.int().describe('jobs that completed more than once, or with one attempt were started again'),
  unexpected: z.int().describe('executions of jobs that nobody enqueued'),
  early: z.int().describe('jobs that started before the time they were scheduled for'),
  failed: z.int().describe('jobs that the adapter reported as failed for good'),
  resettled: z.int().optional().describe('jobs that ran once and whose outcome the adapter reported more than once'),
  misnamed: z.int().optional().describe('outcomes that the adapter reported with a word that is none'),
  contradicted: z.int().optional().describe('jobs that completed and that the adapter reported as failed'),
  deduplicated: z
    .int()
    .optional()
    .describe('accepted jobs that did not run because one with the same unique key did; absent where no job had a key'),
  unsettled: z.int().optional().describe('jobs that completed and whose outcome the adapter never reported'),
  kills: z.int().optional().describe('processes that were killed on purpose; absent where no fault was planned'),
  lostInFlight: z.int().optional().describe('of the lost: in the hands of a process when that was struck'),
  repeatedInFlight: z.int().optional().describe('of the duplicated: in the hands of a process when that was struck'),
});

const ResourcesSchema = z.looseObject({
  cpuMsPer1kJobs: finite.optional(),
  peakRssBytes: finite.optional(),
  storeBytes: finite.optional(),
  eventLoopUtilization: finite.optional(),
  loopDelayMs: finite.optional(),
  gcMs: finite.optional(),
});

export const TrialSchema = z.looseObject({
  index: z.int(),
  block: z.int(),
  startedAt: z.string(),
  seed: z.int(),
  values: record(finite).describe('metric -> value; a number that cannot be stood behind is absent'),
  ledger: LedgerSchema,
  histograms: record(z.string()).describe(
    'span, or phase_<name> of an adapter -> HdrHistogram V2, base64, values in microseconds',
  ),
  observed: record(finite).optional().describe('totals that the adapter counted of itself, such as machine_seconds'),
  series: record(z.looseObject({ intervalMs: finite, values: z.array(finite) })),
  phases: z
    .array(z.looseObject({ name: z.string(), startMs: finite, endMs: finite }))
    .optional()
    .describe('stretches of the trial, in ms since its series began'),
  resources: ResourcesSchema,
  warnings: z.array(WarningSchema),
  setAside: z
    .string()
    .optional()
    .describe('why the trial is not counted: something of its environment, not of the backend'),
});

const SummarySchema = z.looseObject({
  median: finite,
  low: finite.describe('lower end of the interval, or the smallest trial'),
  high: finite.describe('upper end of the interval, or the largest trial'),
  n: z.int().describe('trials'),
  confidence: finite.optional().describe('coverage of low..high; absent = plain range (fewer than 6 trials)'),
});

const MergedSchema = z.looseObject({
  value: finite,
  samples: z.int().describe('jobs or requests of all trials together'),
  tail: finite.describe('samples beyond the quantile: under 10 nothing is printed, under 100 it carries ~'),
});

export const CellSchema = z.looseObject({
  id: z.string(),
  scenario: z.looseObject({ name: z.string(), params: record(z.unknown()) }),
  adapter: z.looseObject({
    name: z.string(),
    label: z.string().describe('name and the options that were set'),
    options: record(z.unknown()),
    traits: z.looseObject({ delivery: z.string(), durability: z.string(), topology: z.string() }),
    versions: record(z.string()),
    source: z
      .string()
      .optional()
      .describe(
        'hash of the code of an adapter that does not come with jobbench: its file, and those beside it that it imports',
      ),
    effective: record(z.union([z.string(), z.number(), z.boolean()])), // what a backend calls no limit may be 2^64
    proved: z
      .array(z.string())
      .optional()
      .describe('traits that `jobbench verify` proved before, for these options and versions on this machine'),
  }),
  status: z.enum(['ok', 'skipped', 'failed', 'invalid']),
  reason: z.string().optional(),
  error: z.looseObject({ code: z.string(), message: z.string() }).optional(),
  mark: z.string().optional().describe('stands out among the cells of its scenario, such as "pareto"'),
  setting: z.string().optional().describe('what a reader needs to know of the load, such as "200/s"'),
  capacity: z.looseObject({ jobsPerS: finite.optional(), webPerS: finite.optional() }).optional(),
  metrics: record(MetricInfoSchema),
  trials: z.array(TrialSchema),
  summary: record(SummarySchema),
  merged: record(MergedSchema).optional().describe('percentiles of all trials together, from merged histograms'),
  refused: record(z.string()).optional().describe('metric -> why it is not printed'),
  warnings: z.array(WarningSchema),
});

export const ResultSchema = z.looseObject({
  format: z.literal(RESULT_FORMAT),
  version: z.literal(RESULT_VERSION),
  run: z.looseObject({
    id: z.string(),
    startedAt: z.string(),
    finishedAt: z.string(),
    status: z.enum(['complete', 'aborted']),
    jobbench: z.string(),
    command: z.array(z.string()).describe('arguments as given, passwords removed'),
    seed: z.int(),
    profile: z.string(),
    virtual: z.boolean().optional().describe('true: simulated in virtual time; nothing of this machine was measured'),
  }),
  host: z.looseObject({
    os: z.string(),
    kernel: z.string(),
    arch: z.string(),
    cpu: z.string(),
    cores: z.int(),
    memoryBytes: finite,
    virtual: z.boolean(),
    node: z.string(),
    v8: z.string(),
    calibration: z.looseObject({
      clockReadNs: finite,
      clockSkewBoundUs: finite,
      timerLateP99Ms: finite,
      fsyncP50Us: finite,
      spinsPerMs: finite,
      ceilingPerS: finite.optional().describe('jobs/s of the memory adapter: what this harness can measure at most'),
    }),
    noise: z.looseObject({ load1: finite, stealPercent: finite, otherCpuPercent: finite }),
  }),
  scenarios: z
    .array(
      z.looseObject({
        name: z.string(),
        question: z.string(),
        model: z.string(),
        lesson: z.string().optional().describe('what was learned, in a sentence'),
        marks: z.string().optional().describe('what a mark on a cell means'),
      }),
    )
    .describe('the questions asked, in order'),
  cells: z.array(CellSchema),
  warnings: z.array(WarningSchema).optional(),
});

export type ResultFile = z.infer<typeof ResultSchema>;
export type Cell = z.infer<typeof CellSchema>;
export type Trial = z.infer<typeof TrialSchema>;
export type Ledger = z.infer<typeof LedgerSchema>;
export type Warning = z.infer<typeof WarningSchema>;
export type Summary = z.infer<typeof SummarySchema>;
export type Merged = z.infer<typeof MergedSchema>;
export type Host = ResultFile['host'];

/** The fields that we write, without the index signature that lets unknown ones pass. */
type Known<T> = { [K in keyof T as string extends K ? never : K]: T[K] };
export type HostFacts = Omit<Known<Host>, 'calibration' | 'noise'>;
export type HostCalibration = Omit<Known<Host['calibration']>, 'clockSkewBoundUs'>;
