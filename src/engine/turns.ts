import { seeded, seedFor, shuffled } from '../core/random.js';
import { askOf, type Group } from './cells.js';
import type { RunRequest } from './request.js';

/** One trial of one group, in the order in which they will be measured. */
export interface Turn {
  readonly group: Group;
  readonly block: number;
}

/** Block after block: one trial of every group, in an order of its own that the seed decides. */
export function turnsOf(groups: readonly Group[], request: Pick<RunRequest, 'trials' | 'seed' | 'contest'>): Turn[] {
  return Array.from({ length: request.trials }, (_, block) => {
    const due = groups.filter(({ cells: [first] }) => block < (first.question.trials ?? request.trials));
    return inOrder(due, request, seeded(seedFor(request.seed, 'order', block))).map((group) => ({ group, block }));
  }).flat();
}

/** Arms of one question stay neighbours, in random order: the less time between them, the less a machine can drift. */
function inOrder(groups: readonly Group[], { contest }: Pick<RunRequest, 'contest'>, random: () => number): Group[] {
  if (contest !== 'arms') return shuffled(groups, random);
  const asks = [...new Set(groups.map(({ cells: [first] }) => askOf(first)))];
  return shuffled(asks, random).flatMap((ask) =>
    shuffled(
      groups.filter(({ cells: [first] }) => askOf(first) === ask),
      random,
    ),
  );
}
