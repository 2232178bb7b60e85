import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import type { ResultFile } from '../src/core/result.js';
import { adapterNames, scenarioNames } from '../src/engine/registry.js';
import { blocks, commands, cwd, others, ROOT, readme, shell } from './support/readme.js';

/* What README says that needs no measuring; what it measures is in readme.test.ts. */

const EXISTING = ['run', 'ab', 'compare', 'report', 'simulate', 'verify', 'list', 'doctor'];

describe('commands of README', () => {
  test.each(others.filter((line) => / verify /.test(line)))(
    '%s is understood, up to where it would begin',
    { timeout: 60_000 },
    async (line) => {
      writeFileSync(join(cwd, 'none.json'), '{}');
      const { code, stderr } = await shell(line, '--out none.json');
      expect(`${code}: ${stderr}`).toMatch(/^2: .*none\.json is not what/s);
    },
  );

  test.each(others.filter((line) => / ab /.test(line)))('%s is understood', { timeout: 60_000 }, async (line) => {
    const { code, stderr } = await shell(line, '--dry-run --json');
    expect(`${code}: ${stderr}`).toMatch(/^0: /);
  });

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

it('the adapter of README is examples/my-queue.js', () => {
  const file = readFileSync(join(ROOT, 'examples/my-queue.js'), 'utf8');
  expect(blocks('js')).toEqual([file]);
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
