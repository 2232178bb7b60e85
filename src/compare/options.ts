import type { Cell } from '../core/result.js';
import { type CellPair, type Difference, fieldsOf } from './fields.js';

/** An option that differs. */
export interface OptionDifference extends Difference {
  /** The side that does not have it, where the other one left it at its default; absent: it must be refused. */
  readonly unknownTo?: 'base' | 'head';
}

/** The options in which the adapters of two cells differ. */
export function optionsOf([base, head]: CellPair): OptionDifference[] {
  return fieldsOf(base.adapter.options, head.adapter.options).map((one) => {
    const named = { ...one, field: `options.${one.field}` };
    const [ours, theirs] = [base, head].map(({ adapter }) => Object.hasOwn(adapter.options, one.field));
    if (ours === theirs || !isDefault((ours ? base : head).adapter, one.field)) return named;
    return { ...named, unknownTo: ours ? 'head' : 'base' };
  });
}

/** The adapter had no such option then: what it does now by default is a change of its code like any other (decision 024). */
export function isUnknown({ unknownTo }: OptionDifference): boolean {
  return unknownTo !== undefined;
}

/** The label has the options that were asked for; one that does not begin with the name is not ours, and tells nothing. */
function isDefault({ name, label }: Cell['adapter'], option: string): boolean {
  const asked = label.slice(name.length);
  return label.startsWith(name) && !asked.includes(`?${option}=`) && !asked.includes(`&${option}=`);
}

/** Options that one side does not know and the other left alone, each once: `options.busy of sqlite (retry in b.json)`. */
export function unknownOptions(pairs: readonly CellPair[], names: readonly [base: string, head: string]): string[] {
  const found = pairs.flatMap((pair) =>
    optionsOf(pair)
      .filter(isUnknown)
      .map(({ field, base, head, unknownTo }) => {
        const has = unknownTo === 'base' ? `${head} in ${names[1]}` : `${base} in ${names[0]}`;
        return `${field} of ${pair[0].adapter.name} (${has})`;
      }),
  );
  return [...new Set(found)];
}
