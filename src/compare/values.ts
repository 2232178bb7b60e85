import { JobbenchError } from '../core/errors.js';
import { speaksOfTrial } from '../core/metric.js';
import type { Cell } from '../core/result.js';

/** More blocks left out than this share, and what remains is a choice of the lucky ones. */
export const MOST_DROPPED = 0.25;

/** The trials' values of one metric of one cell. */
export interface Values {
  /** In order of the blocks. */
  readonly byBlock: ReadonlyMap<number, number>;
  /** Why they are no sample to compare with; absent when they are. */
  readonly reason?: string;
  /** Trials that count, with the metric or without. */
  readonly trials: number;
  /** Nothing went wrong in the trials that lack it: they had too few samples. Absent where all have it, or none. */
  readonly gaps?: true;
}

/**
 * One value a trial. A metric that some trials refused (UNSTABLE, DISTURBED) counts as missing: what is left would be
 * the trials in which it went well.
 * @throws JobbenchError USAGE when two trials claim one block
 */
export function valuesOf(cell: Cell, metric: string): Values {
  const byBlock = new Map<number, number>();
  const counted = cell.trials.filter(({ setAside }) => setAside === undefined);
  for (const trial of [...counted].sort((a, b) => a.block - b.block)) {
    const value = own(trial.values, metric);
    if (value === undefined) continue;
    if (byBlock.has(trial.block)) {
      const message = `cell "${cell.id}" has two trials of block ${trial.block}: give a file as jobbench wrote it`;
      throw new JobbenchError('USAGE', message);
    }
    byBlock.set(trial.block, value);
  }
  if (byBlock.size > 0 && byBlock.size === counted.length) return { byBlock, trials: counted.length };
  const some = byBlock.size > 0 ? `only ${byBlock.size} of ${counted.length} trials have it` : 'not measured';
  const reason = own(cell.refused ?? {}, metric) ?? some;
  const gaps = byBlock.size > 0 && !speaksOfTrial(reason);
  return { byBlock, reason, trials: counted.length, ...(gaps && { gaps }) };
}

/** Values of the blocks that both sides have: the same place means the same block. */
export function paired(base: Values, head: Values): [base: number[], head: number[]] {
  const blocks = [...base.byBlock.keys()].filter((block) => head.byBlock.has(block));
  const of = ({ byBlock }: Values) => blocks.flatMap((block) => byBlock.get(block) ?? []);
  return [of(base), of(head)];
}

/**
 * The pairs of two sides of which some trials had too few samples; undefined where none had, where a trial went wrong, or
 * where so many pairs go that the rest is a choice.
 * @returns with how many were left out
 */
export function withoutGaps(base: Values, head: Values): { left: string; pairs: [number[], number[]] } | undefined {
  const told = [base, head].every(({ reason, gaps }) => reason === undefined || gaps);
  if (!told || (base.gaps ?? head.gaps) === undefined) return undefined;
  const pairs = paired(base, head);
  const trials = Math.max(base.trials, head.trials);
  const left = trials - pairs[0].length;
  return left > MOST_DROPPED * trials ? undefined : { left: `${left} of ${trials} pairs`, pairs };
}

export function all({ byBlock }: Values): number[] {
  return [...byBlock.values()];
}

/** A file may name a metric like a method of every object. */
export function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
