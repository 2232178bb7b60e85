import { z } from 'zod';

/*
 * What `verify` found, as the file promises.json and `verify --json` hold it. The schema is the source of the
 * types.
 */

export const PROMISES_FORMAT = 'jobbench-promises';
export const PROMISES_VERSION = 1;

const record = <T extends z.ZodType>(value: T) => z.record(z.string(), value);

/**
 * proved: tried, and kept. violated: tried, and broken. not claimed: the traits promise nothing of the kind. not tested:
 * promised, but it could not be tried here, and `why` says so.
 */
const FINDING_STATUS = ['proved', 'violated', 'not claimed', 'not tested'] as const;
export type FindingStatus = (typeof FINDING_STATUS)[number];

/** The word of the traits that a case is a proof of, where it is one. */
export const PROVABLE = ['delivery', 'durability'] as const;
export type Provable = (typeof PROVABLE)[number];

const FindingSchema = z.looseObject({
  name: z.string().describe('the promise, as a sentence'),
  about: z.enum(PROVABLE).optional(),
  status: z.enum(FINDING_STATUS),
  why: z.string().optional().describe('of what was not tested'),
  code: z.string().optional().describe('where something was thrown on the way: its code, such as TIMEOUT'),
  violations: z.array(z.string()),
  facts: z.array(z.string()).describe('counts: what was lost, repeated, and how long it took'),
  figures: record(z.number()).describe('the same for programs, such as recovery_ms'),
  ms: z.number(),
});
export type Finding = z.infer<typeof FindingSchema>;

const ProofSchema = z.looseObject({
  adapter: z.looseObject({
    name: z.string(),
    label: z.string(),
    options: record(z.unknown()),
    traits: z.looseObject({ delivery: z.string(), durability: z.string(), topology: z.string() }),
    versions: record(z.string()),
    source: z.string().optional().describe('hash of the code: its file, and those beside it that it imports'),
    effective: record(z.union([z.string(), z.number(), z.boolean()]))
      .default({})
      .describe('as in a result: what the backend says of itself, such as the version of its server'),
  }),
  level: z.enum(['quick', 'full']),
  seed: z.number(),
  date: z.string(),
  jobbench: z.string(),
  machine: z.looseObject({ os: z.string(), kernel: z.string(), cpu: z.string(), cores: z.number(), node: z.string() }),
  findings: z.array(FindingSchema),
  ms: z.number().optional().describe('how long all of it took'),
});
/** All that one adapter with these options was found to keep and not to keep. */
export type Proof = z.infer<typeof ProofSchema>;

export const PromisesSchema = z.looseObject({
  format: z.literal(PROMISES_FORMAT),
  version: z.literal(PROMISES_VERSION),
  proofs: z.array(ProofSchema),
});
export type PromisesFile = z.infer<typeof PromisesSchema>;

/** What a proof is a proof for: another version, source or machine, or other options, need their own. */
export type ProofKey = Pick<Proof, 'jobbench'> & {
  readonly adapter: Pick<Proof['adapter'], 'name' | 'options' | 'versions' | 'source' | 'effective' | 'traits'>;
  readonly machine: Proof['machine'];
};

export function sameSubject(a: ProofKey, b: ProofKey): boolean {
  const key = ({ jobbench, adapter, machine }: ProofKey) =>
    canonical([
      jobbench,
      [adapter.name, adapter.options, adapter.versions, adapter.source ?? null],
      // An embedded queue tells of this run: how many threads it has started, from which seed.
      adapter.traits.topology === 'shared' ? adapter.effective : null,
      [machine.os, machine.kernel, machine.cpu, machine.cores, machine.node],
    ]);
  return key(a) === key(b);
}

/**
 * The words of the traits that a proof stands for: something about each was tried, and nothing about it was broken or
 * left out. What was left out because the level was quick counts as left out.
 */
export function provedBy({ findings }: Pick<Proof, 'findings'>): Provable[] {
  if (findings.some(({ status }) => status === 'violated')) return [];
  return PROVABLE.filter((word) => {
    const about = findings.filter((finding) => finding.about === word && finding.status !== 'not claimed');
    return about.length > 0 && about.every(({ status }) => status === 'proved');
  });
}

/** JSON with the keys of objects in order, so that the same options are the same text. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, held: unknown) => {
    if (typeof held !== 'object' || held === null || Array.isArray(held)) return held;
    return Object.fromEntries(Object.entries(held).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
