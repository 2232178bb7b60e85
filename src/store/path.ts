import { join } from 'node:path';

/**
 * Where the result of a run goes: `results/2026-11-21T101500Z-k3f9.json`; with a folder, there under the same name;
 * with a name that ends in .json, that file.
 * @param id the run's own id, made by us: letters and digits, because it becomes part of a file name
 */
export function resultPath(out: string | undefined, startedAt: Date, id: string): string {
  if (out?.endsWith('.json')) return out;
  if (!/^[a-z0-9]{1,40}$/i.test(id)) throw new RangeError(`run id "${id}" cannot be part of a file name`);
  const utc = startedAt.toISOString().replace(/:|\.\d+/g, '');
  return join(out === undefined || out === '' ? 'results' : out, `${utc}-${id}.json`);
}

/** The journal of a run lies beside its result while it runs: `x.journal` for `x.json`. */
export function journalPath(result: string): string {
  return `${result.replace(/\.json$/, '')}.journal`;
}
