import { execFile } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it, test } from 'vitest';
import type { ResultFile } from '../src/core/result.js';
import { adapterNames, scenarioNames } from '../src/engine/registry.js';
import { readResult } from '../src/store/read.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** The built program. Another build is tested by setting JOBBENCH_BIN. */
const BIN = resolve(process.env.JOBBENCH_BIN ?? join(ROOT, 'bin/jobbench.js'));
const EXISTING = ['run', 'ab', 'compare', 'report', 'simulate', 'verify', 'list', 'doctor'];
/** The least that a run takes. */
const TINY = '--trials 1 --warmup 100ms --duration 200ms';
/** Of the recovery scenario: each kill is waited for until its lease has lapsed. */
const ONE_KILL = '-P kills=1';
/** More trials than this would make the test long: such a command is only planned. */
const MOST_TRIALS = 2;
/** What a busy machine does to a phase of 0.2 s, and what is missing on it: neither is a fault of the command. */
const HURRIED = /^skipped: |^invalid: (UNSTABLE|the rate was not held)/;

const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
const commands = blocks('sh').flatMap((text) => text.trim().split('\n'));
const all = commands.filter((line) => /\bjobbench \w/.test(line)).map(withoutInstalling);
const lines = all.filter((line) => /\bjobbench run\b/.test(line));
const others = all.filter((line) => !lines.includes(line));

const cwd = mkdtempSync(join(tmpdir(), 'jbreadme-'));
afterAll(() => rmSync(cwd, { recursive: true, force: true, maxRetries: 3 }));
cpSync(join(ROOT, 'examples'), join(cwd, 'examples'), { recursive: true });
cpSync(join(ROOT, 'results/reference.json'), join(cwd, 'results/reference.json'));
// What README calls `jobbench`, with whatever a test adds to its arguments.
writeFileSync(join(cwd, 'jobbench'), `#!/bin/sh\nexec '${process.execPath}' '${BIN}' "$@" $ADDED\n`);
chmodSync(join(cwd, 'jobbench'), 0o755);

describe('commands of README', () => {
  it('are there', () => expect(lines.length).toBeGreaterThan(5));

  test.each(lines)('%s', { timeout: 120_000 }, async (line) => {
    const least = line.includes('--scenario recovery') ? `${TINY} ${ONE_KILL}` : TINY;
    const planned = await shell(line, `--dry-run --json ${least}`);
    expect(planned).toMatchObject({ code: 0 });
    const plan = JSON.parse(planned.stdout) as { trials: number; cells: { status: string }[] };
    expect(plan.cells.length).toBeGreaterThan(0);
    const runs = plan.trials > 0 && plan.trials <= MOST_TRIALS && !line.includes('--dry-run');
    if (!runs) return;
    let { code, stderr, cells } = await ran(line, least);
    // What something else spoilt says nothing of the command: it is run again, as a user would.
    for (let again = 0; again < 2 && cells.some(({ reason = '' }) => /DISTURBED/.test(reason)); again++) {
      ({ code, stderr, cells } = await ran(line, least));
    }
    const trouble = cells.filter(({ status, reason = '' }) => status !== 'ok' && !HURRIED.test(`${status}: ${reason}`));
    expect(trouble.map(({ id, status, reason, error }) => ({ id, status, reason, error }))).toEqual([]);
    expect(`${code}: ${stderr}`).toMatch(cells.every(({ status }) => status === 'ok') ? /^0: / : /^[04]: /);
  });

  test.each(others.filter((line) => / (ab|verify) /.test(line)))(
    '%s is understood',
    { timeout: 60_000 },
    async (line) => {
      const { code, stderr } = await shell(line, '--dry-run --json');
      expect(`${code}: ${stderr}`).toMatch(/^0: /);
    },
  );

  test.each(others.filter((line) => / compare /.test(line)))('%s', { timeout: 60_000 }, async (line) => {
    const { code, stdout } = await shell(line, '');
    expect(code).toBe(0);
    expect(stdout.length).toBeGreaterThan(500);
  });

  test.each(others.filter((line) => / report /.test(line)))('%s', { timeout: 60_000 }, async (line) => {
    const { code, stderr } = await shell(line, '');
    expect(`${code}: ${stderr}`).toMatch(/^0: Report: /);
  });

  test.each(others.filter((line) => / simulate /.test(line)))('%s', { timeout: 60_000 }, async (line) => {
    const { code, stdout, stderr } = await shell(line, '--trials 1 --json --quiet');
    expect(`${code}: ${stderr}`).toMatch(/^0: /);
    const { run, cells } = JSON.parse(stdout) as ResultFile;
    expect(run.virtual).toBe(true);
    expect(cells.map(({ status }) => status)).toEqual(cells.map(() => 'ok'));
  });

  it('name no command that does not exist', () => {
    const named = [
      ...readme.matchAll(/`(?:npx )?jobbench ([a-z]+)/g),
      ...commands.join('\n').matchAll(/jobbench ([a-z]+)/g),
    ];
    expect(named.map(([, command = '']) => command).filter((command) => !EXISTING.includes(command))).toEqual([]);
  });

  it('the two of the beginning are made of scripts that exist', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: object };
    expect(commands).toContain('npm ci && npm run build && npx jobbench run');
    expect(commands).toContain('npm cit');
    expect(scripts).toMatchObject({ build: expect.any(String), test: expect.stringContaining('vitest run') });
  });
});

describe('the adapter of README', () => {
  const file = readFileSync(join(ROOT, 'examples/my-queue.js'), 'utf8');

  it('is examples/my-queue.js', () => expect(blocks('js')).toEqual([file]));

  it('works: every job is done once, none early', { timeout: 60_000 }, async () => {
    const [block = ''] = blocks('js');
    writeFileSync(join(cwd, 'mine.js'), block);
    const out = join(cwd, 'mine.json');
    const line = `jobbench run --adapter ./mine.js --scenario throughput,scheduled --workers 2 --out ${out}`;
    expect(await shell(line, TINY)).toMatchObject({ code: 0 });
    const { cells } = await readResult(out);
    expect(cells.map(({ status }) => status)).toEqual(['ok', 'ok']);
    for (const { ledger } of cells.flatMap(({ trials }) => trials)) {
      expect(ledger.completed).toBeGreaterThan(10);
      expect(ledger).toMatchObject({ completed: ledger.planned, lost: 0, duplicated: 0, early: 0, failed: 0 });
    }
  });
});

describe('README', () => {
  it('names every adapter and every scenario', () => {
    const missing = [...adapterNames(), ...scenarioNames()].filter((name) => !readme.includes(`\`${name}\``));
    expect(missing).toEqual([]);
  });

  it('has a configuration that is accepted', async () => {
    const [text = ''] = blocks('json');
    writeFileSync(join(cwd, 'readme.config.json'), text);
    const { code, stdout } = await shell('jobbench run --config readme.config.json', '--dry-run --json');
    expect(code).toBe(0);
    expect(stdout).toContain('sqlite?synchronous=full');
  });

  it.each(['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md'])('%s links to files that exist', (name) => {
    const links = [...readFileSync(join(ROOT, name), 'utf8').matchAll(/\]\((?!https?:)([^)#]+)\)/g)];
    expect(links.map(([, path = '']) => path).filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });
});

function blocks(language: string): string[] {
  return [...readme.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\`$`, 'gm'))].map(([, text = '']) => text);
}

async function ran(line: string, added: string) {
  const out = join(cwd, 'result.json');
  const { code, stderr } = await shell(line, `${added} --out ${out}`);
  return { code, stderr, cells: (await readResult(out)).cells };
}

/** `npm ci && npm run build && npx jobbench run` is `jobbench run` to whoever has built already. */
function withoutInstalling(line: string): string {
  return line.replace(/^.*&& /, '').replace(/^npx /, '');
}

function shell(line: string, added: string): Promise<{ code: number; stdout: string; stderr: string }> {
  const inherited = Object.entries(process.env).filter(([key]) => !/^(JOBBENCH_|REDIS_URL)/.test(key));
  const env = { ...Object.fromEntries(inherited), PATH: `${cwd}:${process.env.PATH}`, ADDED: added };
  return new Promise((done) => {
    execFile('bash', ['-c', line], { cwd, env, timeout: 100_000, maxBuffer: 2 ** 24 }, (error, stdout, stderr) =>
      done({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr }),
    );
  });
}
