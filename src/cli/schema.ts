import { z } from 'zod';

/** What a user must know of one option of an adapter, or one param of a scenario. */
export interface OptionInfo {
  readonly name: string;
  readonly default?: unknown;
  /** Of numbers: milliseconds, or bytes; both may be given with a unit. */
  readonly unit?: Unit;
  /** What may be given, in words: `a whole number from 1 to 64`. */
  readonly allowed: string;
  readonly description?: string;
}

type Unit = 'time' | 'size';

/** As much of JSON Schema as zod writes for options. */
interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly description?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly anyOf?: readonly JsonSchema[];
}

/** Limits that only say "any number" are not worth a reader's time. */
const BOUNDLESS = 2 ** 40;

/** Name, default, choices and sentence of every member: help text comes from the schema that validates. */
export function describeOptions(schema: z.ZodObject | undefined): OptionInfo[] {
  return Object.entries(schema?.shape ?? {}).map(([name, field]) => {
    const json = jsonSchema(field);
    const fallback = json.default ?? defaultOf(field);
    const unit = unitOf(field);
    return {
      name,
      ...(fallback !== undefined && { default: fallback }),
      ...(unit !== undefined && { unit }),
      allowed: allowed(field),
      ...(json.description !== undefined && { description: json.description }),
    };
  });
}

/** What a member accepts, in words. */
export function allowed(field: z.core.$ZodType): string {
  if (typeof defaultOf(field) === 'boolean') return 'true or false';
  return inWords(jsonSchema(field), unitOf(field));
}

/** One sentence about the first thing that is wrong with `given`. */
export function complaint(where: string, given: unknown, issue: z.core.$ZodIssue, field?: z.core.$ZodType): string {
  const what = given === undefined ? 'a value is missing' : `"${String(given)}" is not allowed`;
  const itself = issue.code === 'custom' || issue.code === 'invalid_format' || field === undefined;
  if (!itself) return `${where}: ${what}; it takes ${allowed(field)}`;
  return issue.message.includes(String(given)) ? `${where}: ${issue.message}` : `${where}: ${what}; ${issue.message}`;
}

function jsonSchema(field: z.core.$ZodType): JsonSchema {
  try {
    // What comes out of a member tells its range; what goes in may be any text with a unit.
    const { $schema: _, ...json } = z.toJSONSchema(field, { io: 'output', unrepresentable: 'any' });
    return json as JsonSchema; // the part of it that is declared above
  } catch {
    return {}; // a schema of another version of zod: it validates, but cannot be described
  }
}

/** What a unit after a number means to a member. Asked of the member itself: units.ts refuses other text as `custom`. */
function unitOf(field: z.core.$ZodType): Unit | undefined {
  if (takes(field, '5m') && !takes(field, 'words')) return 'time';
  return takes(field, '1kB') && !takes(field, 'words') ? 'size' : undefined;
}

/** Understands the text, whether or not its range allows the value. */
function takes(field: z.core.$ZodType, text: string): boolean {
  const { success, error } = z.safeParse(field, text);
  return success || (error?.issues.every(({ code }) => code === 'too_small' || code === 'too_big') ?? false);
}

function defaultOf(field: z.core.$ZodType): unknown {
  const empty = z.safeParse(field, undefined);
  return empty.success ? empty.data : undefined;
}

function inWords(json: JsonSchema, unit: Unit | undefined): string {
  if (json.enum !== undefined) return either(json.enum.map(String));
  if (json.const !== undefined) return String(json.const);
  if (json.anyOf !== undefined) return either([...new Set(json.anyOf.map((one) => inWords(one, unit)))]);
  if (json.type === 'boolean') return 'true or false';
  if (json.type !== 'number' && json.type !== 'integer') return 'text';
  const noun = unit === undefined ? (json.type === 'integer' ? 'a whole number' : 'a number') : `a ${unit}`;
  return `${noun}${between(json.minimum, json.maximum, (value) => inUnit(value, unit))}`;
}

function between(minimum = -BOUNDLESS, maximum = BOUNDLESS, show: (value: number) => string = String): string {
  const [low, high] = [minimum > -BOUNDLESS, maximum < BOUNDLESS];
  if (low && high) return ` from ${show(minimum)} to ${show(maximum)}`;
  return low ? ` from ${show(minimum)}` : high ? ` up to ${show(maximum)}` : '';
}

/** As a user would write it: `100ms`, `10m`, `16MB`. */
export function inUnit(value: number, unit: Unit | undefined): string {
  if (unit === undefined) return String(value);
  const units = unit === 'time' ? TIMES : SIZES;
  const [name, factor] = units.find(([, one]) => value >= one && value % one === 0) ??
    units[units.length - 1] ?? ['', 1];
  return `${value / factor}${name}`;
}

const TIMES = [
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const;
const SIZES = [
  ['GB', 2 ** 30],
  ['MB', 2 ** 20],
  ['kB', 2 ** 10],
  ['B', 1],
] as const;

function either(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`;
}
