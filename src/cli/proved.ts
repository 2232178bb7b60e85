import { resolve } from 'node:path';
import { describeError } from '../core/errors.js';
import { type Proof, type ProofKey, provedBy, sameSubject } from '../core/promises.js';
import type { ResultFile } from '../core/result.js';
import type { Observer } from '../engine/request.js';
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
  const cells = result.cells.map((cell) => {
    const key: ProofKey = { jobbench: run.jobbench, adapter: cell.adapter, machine: host };
    const proof = proofs.findLast((one) => sameSubject(one, key));
    const proved = proof === undefined ? [] : provedBy(proof);
    return proved.length === 0 ? cell : { ...cell, adapter: { ...cell.adapter, proved } };
  });
  return { ...result, cells };
}
