import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ADAPTER, action, actionRepository, BIN, guide, script, workflows } from '../support/actionrepository.js';
import { keys, steps, type Texts } from '../support/githubaction.js';
import { at } from '../support/yaml.js';
import { quickBut } from './adapters.js';

/* What action.yml and docs/ci.md say, and what the step makes of inputs and of exit codes. Nothing is measured. */

describe('action.yml', () => {
  const [step = {}, ...others] = steps(at(action, 'runs', 'steps'));

  it('calls the script, and hands it every input as a variable', () => {
    expect(others).toEqual([]);
    expect(step.run).toBe('bash "$GITHUB_ACTION_PATH/scripts/ci-compare.sh"');
    const variables = keys(at(action, 'inputs')).map((name) => [variable(name), `\${{ inputs.${name} }}`]);
    expect(step.env).toEqual(Object.fromEntries(variables));
    const read = new Set([...script.matchAll(/\$\{(INPUT_[A-Z_]+)/g)].map(([, name = '']) => name));
    expect([...read].sort()).toEqual(variables.map(([name]) => name).sort());
  });
  it('gives the outputs that the script writes', () => {
    const written = /printf '%s\\n' (.*) >>/.exec(script)?.[1] ?? '';
    for (const name of keys(at(action, 'outputs'))) {
      expect(written).toContain(`"${name}=`);
      expect(at(action, 'outputs', name, 'value')).toBe(`\${{ steps.compare.outputs.${name} }}`);
    }
  });
});

describe('workflows of docs/ci.md', () => {
  const all = workflows.flatMap((workflow) => {
    if (Array.isArray(workflow)) return steps(workflow);
    const jobs = at(workflow, 'jobs');
    return keys(jobs).flatMap((job) => steps(at(jobs, job, 'steps')));
  });
  const ours = all.filter(({ uses = '' }) => String(uses).includes('/jobbench@'));

  it('use the action with inputs and outputs that it has', () => {
    expect(ours.length).toBeGreaterThan(1);
    for (const each of ours) expect(keys(at(action, 'inputs'))).toEqual(expect.arrayContaining(keys(at(each, 'with'))));
    const read = [...guide.matchAll(/steps\.jobbench\.outputs\.([\w-]+)/g)].map(([, name = '']) => name);
    expect(read.length).toBeGreaterThan(0);
    expect(keys(at(action, 'outputs'))).toEqual(expect.arrayContaining(read));
  });
  it('put no expression into a shell, and run no code of a fork with rights', () => {
    expect(all.length).toBeGreaterThan(5);
    for (const { run = '' } of all) expect(run).not.toContain('${{');
    for (const workflow of workflows) expect(JSON.stringify(workflow)).not.toContain('pull_request_target');
  });
});

const { home, path: repository, act, git } = actionRepository();

describe('exit codes of the program become those of the step', () => {
  /** In place of jobbench: ends with a code, and leaves a comparison behind. */
  const program = join(home, 'stub.mjs');
  beforeAll(() => {
    const read = "const out = process.argv.find((each) => each.startsWith('--export=json=')).slice(14);";
    const write = 'writeFileSync(out, JSON.stringify({ verdict: process.env.STUB_VERDICT }));';
    const lines = [
      "import { writeFileSync } from 'node:fs';",
      read,
      write,
      "console.log('stub', JSON.stringify(process.argv.slice(2)));",
      'process.exitCode = +process.env.STUB_CODE;',
    ];
    writeFileSync(program, lines.join('\n'));
  });
  it('and a step that compared nothing does not pass', async () => {
    const { code, log, outputs } = await act({ base: 'memory', head: 'memory', jobbench: BIN, options: '--dry-run' });
    expect(log).toContain('::error title=jobbench::nothing was compared');
    expect([code, outputs.verdict]).toEqual([2, 'none']);
  });
  it('and options are lines, with space around them and their values', async () => {
    const options = '  --duration 500ms \r\n\n\t-P work.kind=a b\n--rate=100 200\n--quiet';
    const inputs = { base: 'memory', head: 'memory', jobbench: program, options, export: ' junit=out/x.xml \r\n' };
    const { log } = await act(inputs, { STUB_CODE: '0', STUB_VERDICT: 'pass' });
    const given: string[] = JSON.parse(/^stub (.*)$/m.exec(log)?.[1] ?? '[]');
    expect(given.slice(-7)).toEqual([
      `--export=junit=${join(repository, 'out/x.xml')}`,
      ...['--duration', '500ms', '-P', 'work.kind=a b', '--rate=100 200', '--quiet'],
    ]);
  });
  it.each([
    ['in package.json', 'package.json', '{ "type": "module", "jobbench": { "trials": 6 } }\n'],
    ['in its own file', 'jobbench.config.json', '{ "trials": 6 }\n'],
  ])('and both commits are measured as the checkout is configured %s', async (_where, file, text) => {
    const before = existsSync(join(repository, file)) ? readFileSync(join(repository, file), 'utf8') : undefined;
    writeFileSync(join(repository, file), text);
    const inputs = { 'base-ref': 'HEAD^1', adapter: 'adapter.js', jobbench: program, 'working-directory': 'bench' };
    const { log } = await act(inputs, { STUB_CODE: '0', STUB_VERDICT: 'pass' });
    if (before === undefined) rmSync(join(repository, file));
    else writeFileSync(join(repository, file), before);
    const given: string[] = JSON.parse(/^stub (.*)$/m.exec(log)?.[1] ?? '[]');
    expect(given).toContain(`--config=${join(repository, file)}`);
  });
  it('and a program that cannot be installed is said where people look: exit code 3', async () => {
    // npm as it is without a network.
    const bin = join(home, 'bin');
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, 'npm'), '#!/bin/sh\necho "npm error network" >&2\nexit 1\n', { mode: 0o755 });
    const env = { PATH: `${bin}:${process.env.PATH}` };
    const { code, log, outputs } = await act({ base: 'memory', head: 'memory', version: '0.1.0' }, env);
    expect(log).toContain('::error title=jobbench::jobbench@0.1.0 could not be installed');
    expect([code, outputs.verdict, outputs['exit-code']]).toEqual([3, 'none', '3']);
  });
  it('also where the commits must be fetched first', async () => {
    git('branch', 'earlier', 'HEAD~1');
    const shallow = join(home, 'shallow');
    git('clone', '--quiet', '--depth=1', '--branch=main', `file://${repository}`, shallow);
    const inputs = { 'base-ref': 'earlier', adapter: ADAPTER, jobbench: program, build: 'git log -1 --format=at:%s' };
    const env = { STUB_CODE: '0', STUB_VERDICT: 'pass' };
    const { code, log } = await act(inputs, env, shallow);
    expect(log.match(/^at:.*/gm)).toEqual(['at:change README.md', `at:change ${ADAPTER}`]);
    expect(code).toBe(0);
  });
  it.each([
    [0, 'pass', 'false', 0, 'pass'],
    [5, 'inconclusive', 'false', 0, 'inconclusive'],
    [5, 'inconclusive', 'true', 5, 'inconclusive'],
    [99, 'regression', 'false', 99, 'regression'],
    [2, 'missing', 'false', 2, 'missing'],
    // A comparison may have been made, but a promise was broken: nothing is concluded.
    [4, 'pass', 'false', 4, 'none'],
    [3, 'pass', 'false', 3, 'none'],
    [1, 'pass', 'false', 1, 'none'],
  ])('%i (%s), fail-on-inconclusive %s: %i', async (ended, said, failing, code, verdict) => {
    const inputs = { base: 'memory', head: 'memory', jobbench: program, 'fail-on-inconclusive': failing };
    const { outputs, ...rest } = await act(inputs, { STUB_CODE: String(ended), STUB_VERDICT: said });
    expect(rest).toMatchObject({ code });
    expect(outputs).toMatchObject({ verdict, 'exit-code': String(ended) });
  });
});

describe('inputs that are wrong: exit code 2, an annotation, and nothing is run', () => {
  it.each<[string, Texts, RegExp]>([
    ['none', {}, /give base and head \(adapters\), or base-ref and adapter/],
    ['no head', { base: 'memory' }, /give base and head/],
    ['both pairs', { base: 'memory', head: 'memory', 'base-ref': 'HEAD' }, /give one pair of them/],
    ['no adapter', { 'base-ref': 'HEAD^1' }, /base-ref needs adapter/],
    ['no base-ref', { 'head-ref': 'HEAD', adapter: ADAPTER }, /head-ref and adapter need base-ref/],
    ['no such commit', { 'base-ref': 'nowhere', adapter: ADAPTER }, /there is no commit nowhere here or in origin/],
    ['a commit like an option', { 'base-ref': '--upload-pack=touch owned', adapter: ADAPTER }, /names no commit/],
    [
      'a commit like a command',
      { 'base-ref': '$(touch owned)`touch owned`', adapter: ADAPTER },
      /there is no commit \$/,
    ],
    [
      'a commit before the adapter',
      { 'base-ref': 'HEAD~3', adapter: ADAPTER },
      /base \(HEAD~3\) has no bench\/adapter/,
    ],
    ['a file that is not there', { 'base-ref': 'HEAD^1', adapter: 'no.js' }, /base \(HEAD\^1\) has no no\.js/],
    ['a build that fails', { 'base-ref': 'HEAD^1', adapter: ADAPTER, build: 'exit 7' }, /ended with exit code 7/],
    ['neither true nor false', { base: 'memory', head: 'memory', 'fail-on-inconclusive': 'maybe' }, /true or false/],
    ['no folder', { base: 'memory', head: 'memory', 'working-directory': 'no\n::error::x' }, /folder no%0A::error::x$/],
    ['no program', { base: 'memory', head: 'memory', jobbench: 'no/such' }, /there is no no\/such/],
  ])('%s', async (_name, inputs, sentence) => {
    const kept = mkdtempSync(join(home, 'kept-'));
    const { code, log, outputs, summary } = await act({ jobbench: BIN, ...inputs }, { RUNNER_TEMP: kept });
    const annotations = log.split('\n').filter((line) => line.startsWith('::error'));
    expect(annotations).toEqual([expect.stringMatching(/^::error title=jobbench::/)]);
    expect(annotations[0]).toMatch(sentence);
    expect([code, outputs.verdict, outputs['exit-code']]).toEqual([2, 'none', '2']);
    expect(git('worktree', 'list').trim().split('\n')).toHaveLength(1);
    expect(git('status', '--porcelain')).toBe('');
    expect(readdirSync(repository)).not.toContain('owned');
    // The sentence is said by us, where people look, and not by git before.
    expect(summary).toMatch(/^### jobbench: nothing was concluded\n\n {4}\S/);
    expect(log).not.toMatch(/^(fatal|error):/m);
    expect(readdirSync(kept)).toEqual([]);
  });
  it.each<[string, number, Texts, RegExp]>([
    ['a backend that nobody knows', 2, { base: 'memory', head: 'memry' }, /^unknown adapter "memry"; did you mean/],
    [
      'an option that there is not',
      2,
      { base: 'memory', head: 'memory', options: '--fast' },
      /unknown option '--fast'/,
    ],
    [
      'a backend that is not here',
      3,
      { base: 'memory', head: './away.js' },
      /cannot run here: no server; start 100%25/,
    ],
  ])('refused by the program: %s', async (_name, expected, inputs, sentence) => {
    writeFileSync(join(repository, 'away.js'), AWAY);
    const kept = mkdtempSync(join(home, 'kept-'));
    const { code, log, outputs, summary } = await act({ jobbench: BIN, ...inputs }, { RUNNER_TEMP: kept });
    rmSync(join(repository, 'away.js'));
    const [annotation = '', ...more] = log.split('\n').filter((line) => line.startsWith('::error'));
    expect([more, annotation.replace('::error title=jobbench::', '')]).toEqual([[], expect.stringMatching(sentence)]);
    expect(summary).toMatch(/^### jobbench: nothing was concluded\n\n {4}\S/);
    expect([code, outputs.verdict, outputs['exit-code'], outputs.result]).toEqual([
      expected,
      'none',
      `${expected}`,
      '',
    ]);
    expect(readdirSync(kept)).toEqual([]);
  });
  it('a value that looks like an option is a value', async () => {
    const { code, log } = await act({ base: 'memory', head: 'memory', threshold: '--aa', jobbench: BIN });
    expect(log).toContain('--threshold: "--aa" is not allowed');
    expect(code).toBe(2);
  });
});

/** An adapter whose server is not there. */
const AWAY = quickBut(
  'traits,\n',
  "traits,\n  unavailable: async () => ({ reason: 'no server', remedy: 'start 100% of it' }),\n",
);

function variable(input: string): string {
  return `INPUT_${input.toUpperCase().replaceAll('-', '_')}`;
}
