import { clean } from '../text.js';

/** A piece of HTML or SVG. Only this module makes it out of text, so whatever a result file says is escaped. */
export interface Markup {
  readonly markup: string;
}

/** What may stand in a template: text is escaped, markup is not, lists are joined, and nothing is shown of nothing. */
export type Content = string | number | Markup | undefined | false | readonly Content[];

/**
 * HTML and SVG by template: `h` before the backquotes. Text is made harmless (no control characters, marks that turn
 * the direction of writing, or line breaks; at most 2,000 characters), and safe as content and inside quoted
 * attributes. Never put text into a script, a style, an unquoted attribute, or one that is a URL or an event.
 */
export function h(parts: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  let markup = parts[0] ?? '';
  contents.forEach((content, at) => {
    markup += text(content) + (parts[at + 1] ?? '');
  });
  return { markup };
}

/** Text that is longer than `h` would take, or shorter than it is. */
export function escaped(value: string, longest: number): Markup {
  return { markup: harmless(value, longest) };
}

/** JSON for `<script type="application/json">`: nothing in it ends the element, begins a comment, or turns the direction of writing. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replace(/[<\u2028\u2029]|\p{Cf}/gu, (char) =>
    char
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

const LONGEST = 2000;

function text(content: Content): string {
  if (content === undefined || content === false) return '';
  if (typeof content === 'string') return harmless(content, LONGEST);
  if (typeof content === 'number') return String(content);
  if (isList(content)) return content.map(text).join('');
  return content.markup;
}

function isList(content: Markup | readonly Content[]): content is readonly Content[] {
  return Array.isArray(content);
}

function harmless(value: string, longest: number): string {
  return clean(value.replace(NO_CHARACTERS, ''), longest).replace(/[&<>"'`]/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** Code points that are no characters, and never will be. */
const NO_CHARACTERS = /[\ufffe\uffff\ufdd0-\ufdef]/g;
