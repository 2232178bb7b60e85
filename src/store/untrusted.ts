/** Names that reach into an object's machinery when a careless program copies by key. */
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

/** Deeper than any result file is, shallower than any stack. */
export const DEEPEST = 32;

/**
 * Parses JSON from somebody else: refuses nesting beyond 32 levels before it is built, keys that reach into
 * prototypes, and numbers too large to be finite.
 * @throws Error with what is wrong, for the caller to say where
 */
export function parseUntrusted(text: string): unknown {
  assertShallow(text);
  const value: unknown = JSON.parse(text);
  assertPlain(value);
  return value;
}

const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

function assertShallow(text: string): void {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) i = endOfString(text, i);
    else if (code === OPEN_LIST || code === OPEN_OBJECT) {
      if (++depth > DEEPEST) throw new Error(`it is nested more than ${DEEPEST} levels deep`);
    } else if (code === CLOSE_LIST || code === CLOSE_OBJECT) depth--;
  }
}

/** Most of a result file is text of histograms, so it is leapt over. @returns the closing quote, or the end of the text */
function endOfString(text: string, opening: number): number {
  let end = text.indexOf('"', opening + 1);
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end === -1 ? text.length : end;
}

function isEscaped(text: string, at: number): boolean {
  let first = at;
  while (text.charCodeAt(first - 1) === BACKSLASH) first--;
  return (at - first) % 2 === 1;
}

function assertPlain(value: unknown): void {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new Error('it holds a number that is not finite');
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const item of value) assertPlain(item);
    return;
  }
  for (const key of Object.keys(value)) {
    if (FORBIDDEN.has(key)) throw new Error(`it has a key "${key}", which no result file has`);
    assertPlain((value as Record<string, unknown>)[key]); // an own key of an object
  }
}
