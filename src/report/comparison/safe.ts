import { clean } from '../text.js';

/**
 * Text from a file, harmless in a log too: besides what `clean` takes out, nothing that the runner of GitHub Actions
 * would obey. It obeys `::command::` at the start of any line, however indented, and `##[command]` anywhere.
 */
export function safe(text: string, longest?: number): string {
  return clean(text.replace(NO_CHARACTERS, ''), longest)
    .replace(/:(?=:)/g, ': ')
    .replaceAll('##[', '## [');
}

/** Code points that are no characters, and never will be: XML cannot hold them. */
const NO_CHARACTERS = /[\ufffe\uffff\ufdd0-\ufdef]/g;

/** Every text inside a document made of plain data, made harmless; names of fields are ours. */
export function safeDeep(value: unknown, longest: number): unknown {
  if (typeof value === 'string') return safe(value, longest);
  if (Array.isArray(value)) return value.map((item) => safeDeep(item, longest));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, safeDeep(item, longest)]));
}
