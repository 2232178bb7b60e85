import type { Traits } from '../core/traits.js';
import { seconds } from '../engine/deadline.js';
import { inUnit } from './schema.js';

/** What may be there or not. */
const ABILITIES = {
  schedules: 'schedules',
  priorities: 'priorities',
  retries: 'retries',
  backoff: 'backoff of the job’s choice',
  unique: 'unique keys',
  fifo: 'first in first out',
  weights: 'weighted queues',
  bulk: 'bulk',
  store: 'a file that the application may share',
  unlimited: 'runs all jobs at once',
  sharesProcesses: 'machines share processes',
  simulated: 'machines are simulated here',
} as const satisfies Partial<Record<keyof Traits, string>>;

/** All others: a trait that is added is told, or this does not compile. */
const FACTS: {
  readonly [K in Exclude<keyof Traits, keyof typeof ABILITIES>]-?: (value: NonNullable<Traits[K]>) => string;
} = {
  delivery: String,
  durability: (word) => (word === 'memory' ? 'kept in memory only' : `survives ${word}`),
  topology: (word) => `${word} queue`,
  executes: (word) => `runs in ${word === 'loop' ? 'the event loop' : `a ${word}`}`,
  recoveryMs: (ms) => `jobs of a dead worker start again within ${seconds(ms)}`,
  claimsAhead: (jobs) => `a worker claims up to ${jobs} ahead`,
  maxPayloadBytes: (bytes) => `payloads up to ${inUnit(bytes, 'size')}`,
};

/** What a user may rely on, in words: `at-least-once; shared queue; ...; schedules, retries`. */
export function traitWords(traits: Traits): string {
  const facts = keysOf(FACTS).flatMap((key) => told(key, traits));
  const can = keysOf(ABILITIES).flatMap((key) => (traits[key] ? [ABILITIES[key]] : []));
  return [...facts, ...(can.length > 0 ? [can.join(', ')] : [])].join('; ');
}

function told<K extends keyof typeof FACTS>(key: K, traits: Traits): string[] {
  const value = traits[key];
  // The pair of a key and its value, which the compiler does not follow through a generic index.
  const say = FACTS[key] as (value: NonNullable<Traits[K]>) => string;
  return value === undefined || value === 0 ? [] : [say(value as NonNullable<Traits[K]>)];
}

/** Those that the object was written with: it is a constant of this file. */
function keysOf<T extends object>(of: T): (keyof T)[] {
  return Object.keys(of) as (keyof T)[];
}
