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
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);

function assertShallow(text: string): void {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (inString) {
      if (code === BACKSLASH) i++;
      else if (code === QUOTE) inString = false;
    } else if (code === QUOTE) inString = true;
    else if (OPENING.has(code)) {
      if (++depth > DEEPEST) throw new Error(`it is nested more than ${DEEPEST} levels deep`);
    } else if (CLOSING.has(code)) depth--;
  }
}

function assertPlain(value: unknown): void {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new Error('it holds a number that is not finite');
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const item of value) assertPlain(item);
    return;
  }
  for (const [key, item] of Object.entries(value)) {
    if (FORBIDDEN.has(key)) throw new Error(`it has a key "${key}", which no result file has`);
    assertPlain(item);
  }
}
