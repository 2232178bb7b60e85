import { execFile } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** The built program. Another build is tested by setting JOBBENCH_BIN. */
const BIN = resolve(process.env.JOBBENCH_BIN ?? join(ROOT, 'bin/jobbench.js'));

export const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
export const commands = blocks('sh').flatMap((text) => text.trim().split('\n'));
const all = commands.filter((line) => /\bjobbench \w/.test(line)).map(withoutInstalling);
/** Those that measure. */
export const lines = all.filter((line) => /\bjobbench run\b/.test(line));
export const others = all.filter((line) => !lines.includes(line));

/** A folder with what the commands of README name, for the tests of one file. */
export const cwd = mkdtempSync(join(tmpdir(), 'jbreadme-'));
afterAll(() => rmSync(cwd, { recursive: true, force: true, maxRetries: 3 }));
cpSync(join(ROOT, 'examples'), join(cwd, 'examples'), { recursive: true });
cpSync(join(ROOT, 'results/reference.json'), join(cwd, 'results/reference.json'));
// What README calls `jobbench`, with whatever a test adds to its arguments.
writeFileSync(join(cwd, 'jobbench'), `#!/bin/sh\nexec '${process.execPath}' '${BIN}' "$@" $ADDED\n`);
chmodSync(join(cwd, 'jobbench'), 0o755);

/** Blocks of code in README. */
export function blocks(language: string): string[] {
  return [...readme.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\`$`, 'gm'))].map(([, text = '']) => text);
}

/** `npm ci && npm run build && npx jobbench run` is `jobbench run` to whoever has built already. */
function withoutInstalling(line: string): string {
  return line.replace(/^.*&& /, '').replace(/^npx /, '');
}

/** Runs a line as a user of bash would, in the folder. @param added to the arguments of jobbench */
export function shell(line: string, added: string): Promise<{ code: number; stdout: string; stderr: string }> {
  const inherited = Object.entries(process.env).filter(([key]) => !/^(JOBBENCH_|REDIS_URL)/.test(key));
  const env = { ...Object.fromEntries(inherited), PATH: `${cwd}:${process.env.PATH}`, ADDED: added };
  return new Promise((done) => {
    execFile('bash', ['-c', line], { cwd, env, timeout: 100_000, maxBuffer: 2 ** 24 }, (error, stdout, stderr) =>
      done({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr }),
    );
  });
}
