import type { Cell } from '../core/result.js';
import { groupBy } from './group.js';

/** A note that an adapter adds to its numbers, and labels of the adapters that do. */
export interface SharedNote {
  readonly text: string;
  readonly labels: readonly string[];
}

/** What adapters say under more than one scenario, to be said once for all of them, and the cells without it. */
export function saidOnce(cells: readonly Cell[]): { readonly shared: readonly SharedNote[]; readonly rest: Cell[] } {
  const said = cells.flatMap(({ scenario, adapter, warnings }) =>
    warnings
      .filter(({ code }) => code === 'adapter-note')
      .map(({ message }) => ({ message, scenario: scenario.name, label: adapter.label })),
  );
  const shared = [...groupBy(said, ({ message }) => message)]
    .filter(([, group]) => new Set(group.map(({ scenario }) => scenario)).size > 1)
    .map(([text, group]) => ({ text, labels: [...new Set(group.map(({ label }) => label))] }));
  const texts = new Set(shared.map(({ text }) => text));
  const isShared = ({ code, message }: Cell['warnings'][number]) => code === 'adapter-note' && texts.has(message);
  return {
    shared,
    rest: cells.map((cell) => ({ ...cell, warnings: cell.warnings.filter((warning) => !isShared(warning)) })),
  };
}
