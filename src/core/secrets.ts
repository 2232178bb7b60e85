/** What an option, a variable or a part of a URL is called whose value nobody may read. */
const NAMED = /passw|passphrase|secret|token|api_?key/i;

/** Shorter ones, such as the `redis` of a development machine, would blank out words that have nothing to do with them. */
const SHORTEST = 8;

/** Values that this process has seen and must not show. Errors of clients are known to carry them anywhere in their texts. */
const hidden = new Set<string>();

export function isSecretName(name: string): boolean {
  return NAMED.test(name);
}

/** From now on this process shows these values to nobody: of options named like secrets, and passwords inside URLs. */
export function hideValues(values: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (typeof value !== 'string') continue;
    if (isSecretName(name)) hide(value);
    const password = /^[a-z][a-z0-9+.-]*:\/\/[^/?#\s:@]*:(\S*)@/i.exec(value)?.[1];
    if (password !== undefined) hide(password);
    for (const [, key = '', text = ''] of value.matchAll(/[?&;]([\w-]+)=([^&;\s]+)/g))
      if (isSecretName(key)) hide(text);
  }
}

function hide(value: string): void {
  for (const form of [value, decoded(value)]) if (form.length >= SHORTEST) hidden.add(form);
}

/** A text without what must not be shown. */
export function withoutSecrets(text: string): string {
  let safe = text;
  for (const value of hidden) safe = safe.replaceAll(value, '***');
  return safe;
}

/** Options as they may be kept in a file. */
export function safeOptions(options: Readonly<Record<string, unknown>>, redact: (text: string) => string) {
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => {
      if (isSecretName(name) && value !== undefined && value !== '') return [name, '***'];
      return [name, typeof value === 'string' ? redact(value) : value];
    }),
  );
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // not encoded
  }
}
