import { readFileSync } from 'node:fs';

/** jobbench's own version. */
export function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version; // our own file, which npm requires to have one
}
