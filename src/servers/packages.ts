import { createRequire } from 'node:module';
import type { Remedy } from '../core/adapter.js';

/** What of npm's is missing, where something is. */
export function notInstalled(names: readonly string[]): Remedy | undefined {
  const require = createRequire(import.meta.url);
  try {
    for (const name of names) require.resolve(name);
    return undefined;
  } catch {
    const [subject, verb] = names.length === 1 ? ['the package', 'is'] : ['the packages', 'are'];
    return {
      reason: `${subject} ${names.join(' and ')} ${verb} not installed`,
      remedy: `npm install ${names.map((name) => `${name}@6`).join(' ')}`,
    };
  }
}
