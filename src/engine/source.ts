import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** `import x from './y.js'`, `export * from`, `import('./y.js')`, `require('./y.js')`, `new URL('./y.js', ...)` of a worker: files beside the one that says so. */
const NEIGHBOUR = /(?:\bfrom|\bimport|\brequire|\bnew URL)\s*\(?\s*(['"])(\.{1,2}\/[^'"]+)\1/g;
const DIGITS = 16;

/**
 * What tells two states of an adapter's code apart: a hash of its file and of the files beside it that it imports, however
 * deep. Packages have versions of their own.
 * @param module file URL
 */
export function sourceHash(module: string): string {
  const hash = createHash('sha256');
  const seen = new Set([module]);
  for (const url of seen) {
    const text = readFileSync(fileURLToPath(url), 'utf8');
    hash.update(`${text.length}:${text}`); // with its length, or text could move from one file to the next unseen
    for (const [, , path = ''] of text.matchAll(NEIGHBOUR)) {
      const next = new URL(path, url);
      if (isFile(next)) seen.add(next.href);
    }
  }
  return `sha256:${hash.digest('hex').slice(0, DIGITS)}`;
}

/** Words in a comment may look like an import; `require` adds endings that are not looked for. */
function isFile(url: URL): boolean {
  return existsSync(url) && statSync(url).isFile();
}
