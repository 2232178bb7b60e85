import type { PromiseClass } from './model.js';

const DELIVERY: Readonly<Record<string, string>> = {
  'at-least-once': 'a crash may repeat a job',
  'at-most-once': 'a crash may lose a job',
};

const DURABILITY: Readonly<Record<string, string>> = {
  memory: 'of queued jobs nothing is promised once the process that keeps them (Redis, or the program itself) ends',
  'process-crash': 'queued jobs survive the end of a process',
  'power-loss': 'queued jobs survive a loss of power',
};

/** What a promise means to who makes it to users, for those who do not know its terms; empty where it has none of ours. */
export function promiseWords({ delivery, durability }: PromiseClass): string {
  const word = (words: Readonly<Record<string, string>>, term: string) =>
    Object.hasOwn(words, term) ? words[term] : undefined;
  return [word(DELIVERY, delivery), word(DURABILITY, durability)].filter((part) => part !== undefined).join('; ');
}
