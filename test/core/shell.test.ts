/** Words are read back by the shells themselves: what they make of a quoted word is the word. */
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { shellCommand, shellWord } from '../../src/core/shell.js';

function readBy(shell: string, words: readonly string[]): string[] {
  const said = execFileSync(shell, ['-c', `for word in ${shellCommand(words)}; do printf '%s\\0' "$word"; done`]);
  return said.toString('utf8').split('\0').slice(0, -1);
}

const SEEN = [
  'a b',
  "it's",
  '$(reboot)',
  '`id`',
  '🚀 rocket',
  '*',
  '~',
  '#x',
  '!!',
  '\\',
  '"',
  '',
  ';x',
  'a\\',
  "'",
  '{a,b}',
  '=x',
];
const UNSEEN = ['two\nlines', '👩‍💻', "it's\tx", '\u001b[31m', 'back\\slash\r', '\u202eback', "'\n'"];

describe('a word for a shell', () => {
  it('is the same word to sh and bash, whatever is in it', () => {
    expect(readBy('/bin/sh', SEEN)).toEqual(SEEN);
    expect(readBy('bash', [...SEEN, ...UNSEEN])).toEqual([...SEEN, ...UNSEEN]);
  });
  it('stays as it is where a shell reads nothing into it', () => {
    for (const word of ['--rate', '50%', 'a,b=c', './x/y.js', 'user@host:1']) expect(shellWord(word)).toBe(word);
  });
  it('stands in one line, and sends nothing to a terminal', () =>
    expect(shellCommand(UNSEEN)).not.toMatch(/[\p{Cc}\p{Cf}]/u));
});
