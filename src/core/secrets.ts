/** What an option, a variable or a part of a URL is called whose value nobody may read. */
const NAMED = /passw|passphrase|secret|token|api_?key/i;

/** Shorter ones, such as the `redis` of a development machine, would blank out words that have nothing to do with them. */
const SHORTEST = 8;

/** Values that this process has seen and must not show. Errors of clients are known to carry them anywhere in their texts. */
const hidden = new Set<string>();

function isSecretName(name: string): boolean {
  return NAMED.test(name);
}

/**
 * From now on this process shows these values to nobody: of options named like secrets, and passwords inside URLs. Looks
 * into lists and objects, too.
 */
export function hideValues(values: object): void {
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === 'object' && value !== null) hideValues(value);
    if (typeof value !== 'string') continue;
    if (isSecretName(name)) hide(value);
    for (const [word] of value.matchAll(/\S+/g)) {
      const user = userOf(word);
      if (user !== undefined) hide(/^[^/?#:]*:(.*)$/.exec(word.slice(user.from, user.to))?.[1] ?? '');
    }
    for (const [, key = '', text = ''] of value.matchAll(/(?:^|[?&;\s])([\w-]+)=([^&;\s]+)/g))
      if (isSecretName(key)) hide(text);
  }
}

function hide(value: string): void {
  for (const form of [value, decoded(value)]) if (form.length >= SHORTEST) hidden.add(form);
}

/**
 * Replaces the user part of every URL in a text: all up to the last @, because passwords may hold @ and / themselves; what
 * its parameters hold that are named like secrets; and what this process knows to be one.
 */
export function redact(text: string): string {
  let safe = text;
  for (const value of hidden) safe = safe.replaceAll(value, '***');
  return safe
    .replace(/\S+/g, (word) => {
      const user = userOf(word);
      return user === undefined ? word : `${word.slice(0, user.from)}***${word.slice(user.to)}`;
    })
    .replace(/([?&;]([\w-]+)=)[^&;\s"']+/g, (whole, before, name) => (isSecretName(name) ? `${before}***` : whole));
}

/**
 * Options, an address, or what a backend tells of itself, as it may be kept in a file. What they show to be a secret is
 * shown nowhere from then on. @throws TypeError for what is no JSON
 */
export function safeValues<T extends object>(values: T): T {
  hideValues(values);
  return JSON.parse(JSON.stringify(values), (name, value) => {
    if (isSecretName(name) && value !== null && value !== '') return '***';
    return typeof value === 'string' ? redact(value) : value;
  });
}

/**
 * Where the user part of the URL in a word begins and ends. Looked for by hand: texts of any length come from backends, and
 * an expression for a scheme, which may begin at every letter, takes the square of a long one.
 */
function userOf(word: string): { from: number; to: number } | undefined {
  const scheme = word.indexOf('://');
  const to = word.lastIndexOf('@');
  return scheme === -1 || to < scheme ? undefined : { from: scheme + 3, to };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // not encoded
  }
}
