import { resolve } from 'node:path';
import { describeError } from '../core/errors.js';
import { type Proof, type ProofKey, provedBy, sameSubject } from '../core/promises.js';
import type { ResultFile } from '../core/result.js';
import { adapterModule, adapterNames } from '../engine/registry.js';
import type { Observer } from '../engine/request.js';
import { sourceHash } from '../engine/source.js';
import { proofPlaces, readProofs } from '../store/proofs.js';

/**
 * The result with a word on each cell of what `verify` has proved before, for the same options, versions and code on this
 * machine. A file of proofs that cannot be read costs its marks, not the result.
 * @param path where the result goes: proofs that lie beside it count, too
 */
export async function withProofs(
  result: ResultFile,
  path: string,
  cwd: string,
  observer: Observer,
): Promise<ResultFile> {
  const proofs: Proof[] = [];
  for (const place of new Set(proofPlaces(path).map((one) => resolve(cwd, one)))) {
    try {
      proofs.push(...(await readProofs(place)));
    } catch (error) {
      observer.note(`promises proved there are not marked: ${describeError(error)}`);
    }
  }
  if (proofs.length === 0) return result;
  const { host, run } = result;
  const sourceOf = remembered(ownSource);
  const cells = result.cells.map((cell) => {
    const adapter = { ...cell.adapter, source: cell.adapter.source ?? sourceOf(cell.adapter.name) };
    const key: ProofKey = { jobbench: run.jobbench, adapter, machine: host };
    const proof = newest(proofs.filter((one) => sameSubject(one, key)));
    const proved = proof === undefined ? [] : provedBy(proof);
    return proved.length === 0 ? cell : { ...cell, adapter: { ...cell.adapter, proved } };
  });
  return { ...result, cells };
}

/** Wherever it lies; of two with the same date the one beside the result. */
function newest(proofs: readonly Proof[]): Proof | undefined {
  return proofs.reduce<Proof | undefined>(
    (best, one) => (best === undefined || Date.parse(one.date) >= Date.parse(best.date) ? one : best),
    undefined,
  );
}

/** Results name the code of adapters from outside alone; those of jobbench are edited without a new version, too. */
function ownSource(name: string): string | undefined {
  return adapterNames().includes(name) ? sourceHash(adapterModule(name)) : undefined;
}

function remembered(of: (name: string) => string | undefined): (name: string) => string | undefined {
  const known = new Map<string, string | undefined>();
  return (name) => {
    if (!known.has(name)) known.set(name, of(name));
    return known.get(name);
  };
}
