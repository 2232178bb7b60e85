import type { Found } from './case.js';
import type { MiscountKind } from './miscounts.js';

/** Nothing in it is wrong, whoever is to blame. */
export function isFlawless({ violations, miscounts = [] }: Found): boolean {
  return violations.length + miscounts.length === 0;
}

/** The same with a few words before each sentence. */
export function saidOf(words: string, found: Found): Found {
  const { violations, miscounts = [], facts = [] } = found;
  return {
    ...found,
    violations: violations.map((text) => `${words}: ${text}`),
    miscounts: miscounts.map(({ kind, said }) => ({ kind, said: `${words}: ${said}` })),
    facts: facts.map((text) => `${words}: ${text}`),
  };
}

/** Parts of one case, each sentence once. */
export function together(parts: readonly Found[]): Found {
  const miscounts = new Map(parts.flatMap((part) => part.miscounts ?? []).map((one) => [one.said, one]));
  const untried = new Set(parts.flatMap(({ notTested }) => notTested ?? []));
  return {
    violations: [...new Set(parts.flatMap(({ violations }) => violations))],
    miscounts: [...miscounts.values()],
    facts: parts.flatMap(({ facts = [] }) => facts),
    ...(untried.size > 0 && { notTested: [...untried].join('; ') }),
  };
}

/** @param known what the accounting has found where nothing failed, so that it is told once */
export function settleMiscounts(found: Found, known: ReadonlySet<MiscountKind>): Found {
  const { miscounts = [], code, ...rest } = found;
  const own = miscounts.filter(({ kind }) => !known.has(kind));
  const told = miscounts.filter(({ kind }) => known.has(kind));
  const violations = [...rest.violations, ...own.map(({ said }) => said)];
  if (told.length === 0 || violations.length > 0) return { ...rest, violations, ...(code !== undefined && { code }) };
  const whats = [...new Set(told.map(({ kind }) => kind))].map((kind) => (kind === 'lost' ? 'loses' : 'repeats'));
  const why = `it ${whats.join(' and ')} jobs without a fault, so nobody can tell: ${[...new Set(told.map(({ said }) => said))].join('; ')}`;
  return { ...rest, violations, notTested: rest.notTested === undefined ? why : `${rest.notTested}; ${why}` };
}
