import type { Case, Context } from '../../src/conformance/case.js';
import type { Contestant } from '../../src/engine/request.js';
import { traitsOf } from './contestants.js';

/** What a case of the contract is told, with patience for a busy machine; a test gives what differs. */
export function contextFor(chosen: Contestant, scratchRoot: string, more: Partial<Context> = {}): Context {
  return {
    adapter: chosen.adapter,
    ref: chosen.ref,
    traits: traitsOf(chosen),
    runId: 'contract',
    scratchRoot,
    spinsPerMs: 100_000,
    seed: 1,
    timeoutMs: 20_000,
    allowRemote: false,
    signal: new AbortController().signal,
    ...more,
  };
}

/** The only case with these words in its name. */
export function caseNamed(cases: readonly Case[], words: string): Case {
  const found = cases.filter(({ name }) => name.includes(words));
  const [only] = found;
  if (only === undefined || found.length > 1) throw new Error(`${found.length} cases are named ${words}`);
  return only;
}
