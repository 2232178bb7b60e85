import { safe } from './safe.js';

/** Text from a file as text in Markdown of GitHub, in a table cell too: no markup, HTML, link, mention or emoji. */
export function markdown(text: string, longest?: number): string {
  return safe(text, longest)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/@/g, '&#64;')
    .replace(/:\/\//g, '&#58;//')
    .replace(/\bwww\./gi, (found) => `${found.slice(0, 3)}&#46;`)
    .replace(/[\\`*_{}[\]|~$!]|^[#+-]|(?<=^\d+)[.)](?=\s)/g, '\\$&')
    .replace(/:(?=[a-z+-][a-z0-9_+-]*:)/gi, '&#58;');
}

/** Text as an attribute's value or content of XML 1.0. */
export function xml(text: string, longest?: number): string {
  return safe(text, longest)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/'/g, '&apos;');
}

/** The message of a workflow command of GitHub Actions. */
export function commandData(text: string, longest?: number): string {
  return encoded(safe(text, longest), /[%\r\n]/g);
}

/** A property of a workflow command, such as its title. */
export function commandProperty(text: string, longest?: number): string {
  return encoded(safe(text, longest), /[%\r\n:,]/g);
}

function encoded(text: string, characters: RegExp): string {
  return text.replace(characters, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
}
