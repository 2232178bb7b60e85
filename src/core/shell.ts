/** Signs that mean nothing to a shell, wherever they stand in a word. */
const PLAIN = /^[\w@%+=:,./-]+$/;

/** What a terminal would act on or not show: control characters, line ends, joiners of emoji, marks of direction. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** One argument as POSIX shells read it back, whatever is in it: nothing of it is expanded, and nothing starts a command. */
export function shellWord(word: string): string {
  if (PLAIN.test(word)) return word;
  if (!UNSEEN.test(word)) return `'${word.replaceAll("'", "'\\''")}'`;
  const escaped = [...word].map((char) => (char === "'" || char === '\\' || UNSEEN.test(char) ? octal(char) : char));
  return `$'${escaped.join('')}'`;
}

/** A whole command line. */
export function shellCommand(words: readonly string[]): string {
  return words.map(shellWord).join(' ');
}

/** `$'...'` of bash, zsh, ksh and POSIX 2024 reads bytes in octal. */
function octal(char: string): string {
  return [...new TextEncoder().encode(char)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
}
