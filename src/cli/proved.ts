import { resolve } from 'node:path';
import { describeError } from '../core/errors.js';
import { type Proof, type ProofKey, provedBy, sameSubject } from '../core/promises.js';
import type { ResultFile } from '../core/result.js';
import type { Observer } from '../engine/request.js';
import { PROMISES_PATH, readProofs } from '../store/proofs.js';

/**
 * The result with a word on each cell of what `verify` has proved before, for the same options and versions on this
 * machine. A file of proofs that cannot be read costs the marks, not the result.
 */
export async function withProofs(result: ResultFile, cwd: string, observer: Observer): Promise<ResultFile> {
  let proofs: readonly Proof[];
  try {
    proofs = await readProofs(resolve(cwd, PROMISES_PATH));
  } catch (error) {
    observer.note(`no promise is marked as proved: ${describeError(error)}`);
    return result;
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
