import { z } from 'zod';
import type { Asked, Session, Settings } from '../core/adapter.js';
import { JobbenchError } from '../core/errors.js';
import type { Observation } from '../core/observation.js';

/*
 * What an adapter says of itself ends in the result file, which is written when all has been measured. Code from outside
 * may say anything, so each answer is checked where it is given: the first time before anything is measured.
 */

/** Longer texts are no setting, name or note, and would make a file that nobody can read again. */
const LONGEST = 10_000;
/** A reader of files refuses them, see src/store/untrusted.ts. */
const UNREADABLE = ['__proto__', 'constructor', 'prototype'];

const OBSERVED = 'an object { totals, spans }';

export const keyName = z
  .string()
  .max(200, 'a name of at most 200 characters')
  .refine((key) => !UNREADABLE.includes(key), 'another name: files with this one are refused');
const number = z.number('a finite number');
const SETTING = `a text of at most ${LONGEST.toLocaleString('en-US')} characters, a finite number, true or false`;
const setting = z.union(
  [z.string().max(LONGEST, SETTING), number, z.boolean(), z.bigint().transform(numberOrText)],
  SETTING,
);

const SettingsAnswer = z
  .record(keyName, setting.nullish(), 'a flat object of settings')
  .nullish()
  // What is not told is left out: the same as if it were not there.
  .transform((told) => Object.fromEntries(Object.entries(told ?? {}).filter(isTold)));
const CountAnswer = z.number('a number of jobs').min(0, 'not below 0').nullish();
const AskedAnswer = z
  .object(
    {
      count: z.number('a number of queries').min(0, 'not below 0'),
      by: z.enum(['everybody', 'this session'], '"everybody" or "this session"'),
    },
    'an object { count, by }',
  )
  .nullish();
/** The totals of many sessions are added up, and files keep nothing beyond LARGEST_NUMBER. */
const MOST_TOTAL = 1e15;
const TOTAL = 'a finite number of at most 1e15 in size';
const total = z.number(TOTAL).min(-MOST_TOTAL, TOTAL).max(MOST_TOTAL, TOTAL);
const observation = {
  totals: z.record(keyName, total, 'an object of numbers'),
  spans: z.record(
    keyName,
    z.custom<[number, number][]>(isPairs, 'a list of pairs [job index, ms]'),
    'an object of lists',
  ),
};
const ObservationAnswer = z
  .object({ ...observation, columns: z.undefined('left out: only simulate() answers in columns').optional() }, OBSERVED)
  .transform(({ totals, spans }) => ({ totals, spans }));
const columns = z.record(keyName, z.instanceof(Float64Array, { error: 'a Float64Array' }), 'an object of columns');
const VirtualObservation = z
  .object({ ...observation, columns: columns.optional() }, OBSERVED)
  .transform(({ columns: held, ...rest }) => ({ ...rest, ...(held && { columns: held }) }));
const TextsAnswer = z.array(z.string('a text').max(LONGEST, 'a shorter text'), 'a list of texts');
const NumbersAnswer = z.record(keyName, z.custom<number>(isNumber, 'a number; NaN where there is none'), 'an object');

/** A session's answers, as they may be kept. All reject or throw with JobbenchError CHILD that names adapter, call and key. */
export interface Answers {
  effective(): Promise<Settings>;
  depth(): Promise<number | undefined>;
  queries(): Promise<Asked | undefined>;
  observe(): Observation | undefined;
}

/** @param adapter its name, for messages */
export function answersOf(adapter: string, session: Session): Answers {
  const told = <T>(call: string, schema: z.ZodType<T>, answer: unknown) =>
    checked(`${adapter}: ${call}()`, schema, answer);
  return {
    effective: async () => told('effective', SettingsAnswer, await session.effective?.()),
    depth: async () => told('depth', CountAnswer, await session.depth?.()) ?? undefined,
    queries: async () => told('queries', AskedAnswer, await session.queries?.()) ?? undefined,
    observe: () => told('observe', ObservationAnswer.nullish(), session.observe?.()) ?? undefined,
  };
}

const SESSION = ['enqueue', 'run', 'close'] as const satisfies readonly (keyof Session)[];

/**
 * What `connect` answered, the same object, where it can be used. Roles take a session that is none for a process without
 * one: nothing would be enqueued, and nothing said.
 * @throws JobbenchError CHILD that names the adapter and what is missing
 */
export function sessionFrom(adapter: string, answer: unknown): Session {
  const call = `${adapter}: connect()`;
  if (typeof answer !== 'object' || answer === null) throw wrong(call, [], 'a session, as { enqueue, run, close }');
  const missing = SESSION.find((key) => typeof (answer as Partial<Session>)[key] !== 'function');
  if (missing !== undefined) throw wrong(call, [missing], 'a function');
  // Checked just now for all that a session must have.
  return answer as Session;
}

export function notesFrom(adapter: string, answer: unknown): string[] {
  return checked(`${adapter}: notes()`, TextsAnswer, answer);
}

/** @param metrics names that the adapter declares: another would replace a number of the scenario's, or have no unit */
export function measuredFrom(adapter: string, metrics: readonly string[], answer: unknown): Record<string, number> {
  const values = checked(`${adapter}: measure()`, NumbersAnswer, answer);
  const unknown = Object.keys(values).find((key) => !metrics.includes(key));
  if (unknown === undefined) return values;
  throw wrong(
    `${adapter}: measure()`,
    [unknown],
    `one of its own \`metrics\` (${metrics.join(', ') || 'it has none'})`,
  );
}

/** @param jobs rows that each column must have */
export function virtualDayFrom(adapter: string, jobs: number, answer: unknown) {
  const column = z.custom<Float64Array>(
    (value) => value instanceof Float64Array && value.length === jobs,
    `a Float64Array of ${jobs} numbers, one a job`,
  );
  const starts = z.custom<Uint16Array>(
    (value) => value instanceof Uint16Array && value.length === jobs,
    `a Uint16Array of ${jobs} numbers, one a job`,
  );
  const day = z.looseObject(
    {
      ...{ startedMs: column, finishedMs: column, settledMs: column, starts },
      endMs: number,
      observation: VirtualObservation,
      effective: SettingsAnswer,
    },
    'an object',
  );
  return checked(`${adapter}: simulate()`, day, answer);
}

/** @throws what `failed` makes of the first thing that is wrong */
function checked<T>(call: string, schema: z.ZodType<T>, answer: unknown): T {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const allowed = issue?.code === 'invalid_key' ? issue.issues[0]?.message : issue?.message;
  throw wrong(call, issue?.path ?? [], allowed ?? 'something else');
}

function wrong(call: string, path: readonly PropertyKey[], allowed: string): JobbenchError {
  const where = path.length === 0 ? 'its answer' : `"${path.map(String).join('.')}" of its answer`;
  return new JobbenchError('CHILD', `${call}: ${where} must be ${allowed}; correct the adapter`);
}

function numberOrText(value: bigint): number | string {
  return BigInt(Number(value)) === value ? Number(value) : String(value);
}

function isTold(entry: [string, Settings[string] | null | undefined]): entry is [string, Settings[string]] {
  return entry[1] !== null && entry[1] !== undefined;
}

/** Not by a schema for each pair: there may be millions. */
function isPairs(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.every((pair) => Array.isArray(pair) && pair.length === 2 && pair.every(Number.isFinite))
  );
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}
