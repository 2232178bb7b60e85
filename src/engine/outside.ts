import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Adapter, Address, Options } from '../core/adapter.js';
import { describeError, JobbenchError } from '../core/errors.js';
import { MetricInfoSchema } from '../core/result.js';
import type { Traits } from '../core/traits.js';
import { keyName, measuredFrom, notesFrom, sessionFrom, virtualDayFrom } from './answers.js';
import { within } from './deadline.js';

/** Where an adapter that does not come with jobbench was found. */
export interface Found {
  /** As the user named it. */
  readonly spec: string;
  readonly name: string;
  /** File URL. */
  readonly module: string;
  readonly asked: 'file' | 'package';
  /** Names of adapters that the user may have meant. */
  readonly known: readonly string[];
}

/**
 * Imports somebody's adapter. What it says in this process is checked from then on, call by call; what its sessions say
 * is checked where they live (`answersOf`).
 * @throws JobbenchError USAGE when it cannot be imported or is not an adapter
 */
export async function importOutside({ spec, name, module, asked, known }: Found): Promise<Adapter> {
  let imported: { default?: unknown };
  try {
    imported = await within(import(module), 30_000, `adapter ${spec} to be imported`);
  } catch (cause) {
    throw new JobbenchError('USAGE', `adapter ${spec} cannot be imported: ${describeError(cause)}`, { cause });
  }
  if (imported.default === undefined) {
    throw new JobbenchError(
      'USAGE',
      `adapter ${spec} has no default export; write \`export default { summary, ... }\``,
    );
  }
  const checked = Shape.safeParse(imported.default);
  if (!checked.success) {
    const missing = checked.error.issues.map(
      (issue) => `${issue.path.join('.') || 'default export'} (${issue.message})`,
    );
    const others = `is a package, but no adapter (adapters of jobbench: ${known.join(', ')})`;
    const what = asked === 'file' ? 'is not complete' : others;
    throw new JobbenchError('USAGE', `adapter ${spec} ${what}; missing or wrong: ${missing.join(', ')}`);
  }
  // Checked just now for all that an adapter must have.
  return guarded(name, imported.default as Adapter);
}

/**
 * Options as they came out of an adapter's own schema: processes get them as JSON, and the result file keeps them.
 * @throws JobbenchError USAGE naming the option
 */
export function assertPlainOptions(name: string, options: Options): void {
  const key = notPlain(options);
  if (key === undefined) return;
  throw new JobbenchError('USAGE', `adapter ${name}: its schema makes of option "${key}" what is no JSON; ${PLAIN}`);
}

const PLAIN = 'only texts, finite numbers, true, false, null, and lists and objects of them can go to another process';

/** The adapter with each answer checked that is given in this process. */
function guarded(name: string, adapter: Adapter): Adapter {
  const { traitsFor, notes, measure, simulate } = adapter;
  const checks: Partial<Adapter> = {
    options: adapter.options ?? z.object({}),
    create: async (options, scratch) => asAddress(name, await adapter.create(options, scratch)),
    connect: async (address, options) => sessionFrom(name, await adapter.connect(address, options)),
    ...(traitsFor && { traitsFor: (options) => asTraits(name, traitsFor.call(adapter, options)) }),
    ...(notes && { notes: (options, time) => asNotes(name, () => notes.call(adapter, options, time)) }),
    ...(measure && {
      measure(timeline, options) {
        const values = attempt(`${name}: measure()`, () => measure.call(adapter, timeline, options));
        return measuredFrom(name, Object.keys(adapter.metrics ?? {}), values);
      },
    }),
    ...(simulate && {
      async simulate(load, options, pause) {
        // An async function, so that one that throws at once is one that rejects.
        const living = (async () => simulate.call(adapter, load, options, pause))();
        const day = await living.catch((error: unknown) => failed(`${name}: simulate()`, error));
        return virtualDayFrom(name, load.atMs.length, day);
      },
    }),
  };
  return { ...adapter, ...bound(adapter), ...checks };
}

/** An adapter may be an instance of a class: its methods know each other by `this`, and are not its own properties. */
function bound(adapter: Adapter) {
  return Object.fromEntries(
    MEMBERS.flatMap((key) => {
      const member: unknown = adapter[key];
      if (member === undefined) return [];
      return [[key, typeof member === 'function' ? member.bind(adapter) : member]];
    }),
  );
}

const MEMBERS = [
  ...(['summary', 'traits', 'packages', 'options', 'byDefault', 'reference', 'metrics'] as const),
  ...(['weighted', 'unavailable', 'connect', 'destroy', 'harms'] as const),
] satisfies (keyof Adapter)[];

function asAddress(name: string, address: Address): Address {
  const key = typeof address === 'object' && address !== null ? notPlain(address) : 'address';
  if (key === undefined) return address;
  throw new JobbenchError('CHILD', `${name}: create(): "${key}" of its answer is no JSON; ${PLAIN}`);
}

function asTraits(name: string, answer: Traits): Traits {
  const checked = TraitsShape.safeParse(answer);
  if (checked.success) return answer;
  const [issue] = checked.error.issues;
  const where = issue?.path.join('.') || 'its answer';
  throw new JobbenchError('USAGE', `adapter ${name}: traitsFor(): ${where} must be ${issue?.message}`);
}

/** A note that cannot be told is no reason to lose what was measured: why it cannot stands in its place. */
function asNotes(name: string, ask: () => unknown): string[] {
  try {
    return notesFrom(name, attempt(`${name}: notes()`, ask));
  } catch (error) {
    return [describeError(error)];
  }
}

function attempt<T>(call: string, ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    return failed(call, error);
  }
}

function failed(call: string, error: unknown): never {
  if (error instanceof JobbenchError) throw error;
  throw new JobbenchError('CHILD', `${call}: ${describeError(error)}`, { cause: error });
}

/** @returns the first key whose value would not be the same after it was JSON; what is undefined is not there */
function notPlain(values: Readonly<Record<string, unknown>>): string | undefined {
  return Object.entries(values).find(([, value]) => value !== undefined && !isPlain(value))?.[0];
}

function isPlain(value: unknown): boolean {
  try {
    return isDeepStrictEqual(JSON.parse(JSON.stringify(value)), value);
  } catch {
    return false; // cyclic, a bigint, a function
  }
}

const callable = (what: string) => z.custom((value) => typeof value === 'function', `a function: ${what}`);
const either = (...words: string[]) => z.enum(words, words.join(' or '));
const yesNo = z.boolean('true or false');

const number = z.number('a number').min(0, 'not below 0').optional();
const mark = yesNo.optional();

const TraitsShape = z
  .object(
    {
      topology: either('shared', 'embedded'),
      executes: either('loop', 'thread', 'process'),
      delivery: either('at-most-once', 'at-least-once'),
      durability: either('memory', 'process-crash', 'power-loss'),
      ...{ schedules: yesNo, priorities: yesNo, retries: yesNo, unique: yesNo, bulk: yesNo },
      ...{ backoff: mark, fifo: mark, weights: mark, unlimited: mark, sharesProcesses: mark, simulated: mark },
      ...{ maxPayloadBytes: number, claimsAhead: number, recoveryMs: number },
      store: either('sqlite-file').optional(),
    },
    'what a user may rely on',
  )
  // Others are nobody's yet, but the result file keeps them.
  .catchall(z.union([z.string(), z.number(), z.boolean(), z.undefined()], 'a text, a finite number, true or false'));

const Shape = z.looseObject(
  {
    summary: z.string('a sentence'),
    traits: TraitsShape,
    packages: z.array(z.string('the name of a package'), 'a list of names').optional(),
    metrics: z.record(keyName, MetricInfoSchema, 'metrics, as { jobs: { label, unit, better } }').optional(),
    options: z
      .custom((value) => {
        const schema = value as { safeParse?: unknown; shape?: unknown } | undefined | null;
        return value === undefined || (typeof schema?.safeParse === 'function' && typeof schema.shape === 'object');
      }, 'a zod object')
      .optional(),
    create: callable('create(options, scratch) makes an empty queue'),
    connect: callable('connect(address, options) opens a session'),
  },
  'an object',
);
