import { createRequire } from 'node:module';

/** Versions of the packages that an adapter needs, as they are installed here. */
export function packageVersions(packages: readonly string[]): Record<string, string> {
  const require = createRequire(import.meta.url);
  const versions: Record<string, string> = {};
  for (const name of packages) {
    try {
      versions[name] = String((require(`${name}/package.json`) as { version: unknown }).version);
    } catch {
      versions[name] = 'unknown'; // not installed, or hides its package.json
    }
  }
  return versions;
}
