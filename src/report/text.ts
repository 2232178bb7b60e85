import { stripVTControlCharacters } from 'node:util';

/**
 * Text from a result file, made harmless for a terminal: no escape sequences, control characters, line breaks or
 * marks that turn the direction of writing; and not endlessly long.
 */
export function clean(text: string, longest = 400): string {
  const plain = stripVTControlCharacters(text.slice(0, 4 * longest))
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
  return plain.length > longest ? `${plain.slice(0, longest - 3)}...` : plain;
}

/** Columns that a text takes on a terminal: letters of East Asia and pictures take two, combining marks none. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const char of stripVTControlCharacters(text)) columns += WIDE.test(char) ? 2 : ZERO.test(char) ? 0 : 1;
  return columns;
}

const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f000}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const ZERO = /\p{M}/u;

/**
 * Breaks a text into lines of at most `width` columns: at spaces, else after ? & , / =, else anywhere. Lines after
 * the first begin with `indent`.
 */
export function wrap(text: string, width: number, indent = ''): string[] {
  const lines: string[] = [];
  let line = '';
  for (const piece of pieces(text, width - indent.length)) {
    if (line.trim() !== '' && columnsOf(line + piece.trimEnd()) > width) {
      lines.push(line.trimEnd());
      line = indent;
    }
    line += line === indent ? piece.trimStart() : piece;
  }
  if (line.trim() !== '') lines.push(line.trimEnd());
  return lines;
}

/** Parts that may stand at the end of a line, none wider than a line. */
function* pieces(text: string, width: number): Iterable<string> {
  for (const word of text.match(/\S+\s*|^\s+/g) ?? []) {
    if (columnsOf(word.trimEnd()) <= width) {
      yield word;
      continue;
    }
    for (const part of word.match(/[^?&,/=]+[?&,/=]*\s*|[?&,/=]+\s*/g) ?? []) yield* chopped(part, width);
  }
}

function* chopped(part: string, width: number): Iterable<string> {
  let chunk = '';
  for (const char of part) {
    if (columnsOf(chunk + char.trimEnd()) > width) {
      yield chunk;
      chunk = '';
    }
    chunk += char;
  }
  yield chunk;
}
