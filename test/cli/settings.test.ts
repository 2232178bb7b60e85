import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { built, jobbench } from './program.js';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'jobbench-settings-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

interface Plan {
  readonly profile: string;
  readonly seed: number;
  readonly trials: number;
  readonly cells: readonly { readonly id: string; readonly status: string }[];
}

/** What a dry run of one small cell would do. */
async function plan(args: readonly string[], env: Record<string, string> = {}): Promise<Plan> {
  const { code, stdout, stderr } = await jobbench(['run', '--dry-run', '--json', ...args], dir, env);
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
}

function config(content: unknown, name = 'jobbench.config.json'): void {
  writeFileSync(join(dir, name), typeof content === 'string' ? content : JSON.stringify(content));
}

const ONE = ['--adapter', 'memory', '--scenario', 'throughput'];
const ids = ({ cells }: Plan) => cells.map(({ id }) => id);

describe('--dry-run', () => {
  it('shows every cell and the time it takes, and creates nothing', async () => {
    const { code, stdout } = await jobbench(['run', '--dry-run', ...ONE], dir);
    expect(code).toBe(0);
    expect(stdout).toMatch(/throughput memory +planned/);
    expect(stdout).toMatch(/It takes about \d/);
    expect(readdirSync(dir)).toEqual([]);
  });

  it('leaves out the floor, and scenarios that are not asked by default', async () => {
    const cells = ids(await plan([]));
    expect(cells.some((id) => id.endsWith(' memory'))).toBe(false);
    expect(cells.some((id) => id.startsWith('operations'))).toBe(false);
    expect(cells[0]).toMatch(/^throughput/);
  });
});

describe('lists and ranges make cells', () => {
  it.each([
    ['--concurrency 1,4', ['concurrency=1', 'concurrency=4']],
    ['-P concurrency=1..4x2', ['concurrency=1', 'concurrency=2', 'concurrency=4']],
    ['-P throughput.concurrency=1..7+3', ['concurrency=1', 'concurrency=4', 'concurrency=7']],
    ['--concurrency 1,1', ['concurrency=1']],
    ['--concurrency 1,2 --batch 3', ['concurrency=1,batch=3', 'concurrency=2,batch=3']],
    ['--concurrency 9 -P concurrency=8 -P throughput.concurrency=7', ['concurrency=7']],
  ])('%s', async (line, expected) => {
    const cells = ids(await plan([...ONE, ...line.split(' ')]));
    expect(cells.map((id) => id.replace(/^throughput\/| memory$/g, ''))).toEqual(expected);
  });

  it('keeps options of one adapter apart, and commas inside a value together', async () => {
    const specs = 'sqlite?synchronous=full,sqlite?queues=default:1,urgent:5,sqlite,sqlite';
    expect(ids(await plan(['--adapter', specs, '--scenario', 'throughput']))).toEqual([
      'throughput sqlite?synchronous=full',
      'throughput sqlite?queues=default:1,urgent:5',
      'throughput sqlite',
    ]);
  });
});

describe('the built program', () => {
  it('takes its environment from the process', async () => {
    const { code, stdout } = await built(['run', '--dry-run', '--json', ...ONE], dir, { JOBBENCH_TRIALS: '7' });
    expect([code, JSON.parse(stdout).trials]).toEqual([0, 7]);
  });
});

describe('flags beat the environment, which beats the file', () => {
  it.each([
    [[], {}, 3],
    [[], { JOBBENCH_TRIALS: '4' }, 4],
    [['--trials', '5'], { JOBBENCH_TRIALS: '4' }, 5],
    [[], { JOBBENCH_TRIALS: '' }, 3],
  ])('%j %j', async (flags, env, trials) => {
    config({ trials: 3 });
    expect((await plan([...ONE, ...flags], env)).trials).toBe(trials);
  });

  it('also for the same param written in different ways', async () => {
    config({ param: { 'throughput.concurrency': 2 } });
    expect(ids(await plan(ONE))).toEqual(['throughput/concurrency=2 memory']);
    expect(ids(await plan(ONE, { JOBBENCH_CONCURRENCY: '3' }))).toEqual(['throughput/concurrency=3 memory']);
    expect(ids(await plan([...ONE, '--concurrency', '4']))).toEqual(['throughput/concurrency=4 memory']);
  });

  it('and a profile by flag beats one in the file', async () => {
    config({ profile: 'thorough' });
    expect((await plan(ONE)).profile).toBe('thorough');
    expect((await plan([...ONE, '--standard'])).profile).toBe('standard');
    expect((await plan(ONE, { JOBBENCH_PROFILE: 'standard' })).trials).toBe(6);
  });
});

describe('the configuration file', () => {
  it('may be package.json, in a folder above', async () => {
    config({ name: 'app', jobbench: { trials: 9, adapter: ['memory'], scenario: 'throughput' } }, 'package.json');
    mkdirSync(join(dir, 'sub'));
    const { stdout } = await jobbench(['run', '--dry-run', '--json'], join(dir, 'sub'));
    expect(JSON.parse(stdout)).toMatchObject({ trials: 9, cells: [{ id: 'throughput memory' }] });
  });

  it('may be named', async () => {
    config({ trials: 3 });
    config({ 'dry-run': true, trials: 8 }, 'other.json');
    expect((await plan([...ONE, '--config', 'other.json'])).trials).toBe(8);
    expect((await plan(ONE, { JOBBENCH_CONFIG: 'other.json' })).trials).toBe(8);
  });

  it('may speak of adapters and scenarios that are not part of the run', async () => {
    config({ set: { 'sqlite.synchronous': 'full' }, param: ['latency.rate=5'], rate: 7 });
    expect(ids(await plan(ONE))).toEqual(['throughput memory']);
  });

  it.each([
    [
      '{ "trials": ',
      /the configuration in .* or above \(jobbench\.config\.json, or "jobbench" in package\.json\) cannot be read/,
    ],
    ['[]', /must hold an object/],
    ['{ "trails": 3 }', /"trails" in .* is not an option; did you mean trials\?/],
    ['{ "trials": 0 }', /"trials" in jobbench\.config\.json: "0" is not allowed; it takes a whole number from 1/],
    ['{ "trials": {} }', /"trials" in .* must be a text or a number/],
    ['{ "json": 1 }', /"json" in .* must be true or false/],
    [
      '{ "set": { "sqlite.sync": 1 } }',
      /^jobbench: "sqlite\.sync" of "set" in jobbench\.config\.json: sqlite has no option "sync"/,
    ],
    [
      '{ "param": { "latency.rat": 1 } }',
      /"latency\.rat" of "param" in jobbench\.config\.json: latency has no param "rat"/,
    ],
  ])('%s', async (text, sentence) => {
    config(text);
    const { code, stderr } = await jobbench(['run', '--dry-run'], dir);
    expect(stderr).toMatch(sentence);
    expect(code).toBe(2);
  });

  it('that is named and broken is told by its name', async () => {
    config('{ "trials": ', 'other.json');
    const { code, stderr } = await jobbench(['run', '--dry-run', '--config', 'other.json'], dir);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/the configuration .*other\.json cannot be read: /)]);
  });

  it('is not the only place where a mistake names its place', async () => {
    const env = { JOBBENCH_TRAILS: '3', JOBBENCH_REQUIRE: 'redis', JOBBENCH_WHATEVER_ELSE: '1' };
    const misspelt = await jobbench(['run', '--dry-run', ...ONE], dir, env);
    expect(misspelt.code).toBe(0);
    expect(misspelt.stderr).toBe(
      'jobbench: nothing reads the variable JOBBENCH_TRAILS; did you mean JOBBENCH_TRIALS?\n',
    );
    const { code, stderr } = await jobbench(['run', '--dry-run'], dir, { JOBBENCH_KEEP: 'maybe' });
    expect([code, stderr]).toEqual([2, 'jobbench: JOBBENCH_KEEP: "maybe" is not allowed; it takes 1 or 0\n']);
  });
});

describe('list and doctor', () => {
  it('list every adapter and scenario with all that can be set', async () => {
    const { code, stdout } = await jobbench(['list', '--json'], dir);
    const { adapters, scenarios } = JSON.parse(stdout);
    expect(code).toBe(0);
    const memory = adapters.find(({ name }: { name: string }) => name === 'memory');
    expect(memory).toMatchObject({ available: true, reference: true, traits: { delivery: 'at-most-once' } });
    const sqlite = adapters.find(({ name }: { name: string }) => name === 'sqlite');
    expect(sqlite.options).toContainEqual({
      name: 'synchronous',
      default: 'normal',
      allowed: 'off, normal or full',
      description: expect.any(String),
    });
    expect(scenarios.map(({ name }: { name: string }) => name)).toContain('latency');
    for (const { params } of scenarios) for (const param of params) expect(param.description).toBeTypeOf('string');
  });

  it.each([
    ['an adapter', 'sqlite', { adapters: ['sqlite'] }],
    ['a scenario', 'latency', { scenarios: ['latency'] }],
  ])('list %s by its name', async (_, name, expected) => {
    const { code, stdout } = await jobbench(['list', name, '--json'], dir);
    const namesOf = (all: { name: string }[]) => all.map((one) => one.name);
    const found = Object.entries(JSON.parse(stdout) as Record<string, { name: string }[]>);
    expect(code).toBe(0);
    expect(Object.fromEntries(found.map(([kind, all]) => [kind, namesOf(all)]))).toEqual(expected);
  });

  it('list as text that fits 100 columns', async () => {
    const { code, stdout } = await jobbench(['list'], dir);
    expect(code).toBe(0);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    expect((await jobbench(['list', 'scenarios'], dir)).stdout).not.toContain('ADAPTERS');
  });

  it('show no password of a default', async () => {
    const { stdout } = await built(['list', '--json'], dir, { REDIS_URL: 'redis://user:hunter2@127.0.0.1:1' });
    expect(stdout).not.toContain('hunter2');
  });

  it('look at this machine, and leave nothing behind', async () => {
    const { code, stdout } = await built(['doctor', '--json'], dir, { TMPDIR: dir });
    const { usable, checks } = JSON.parse(stdout);
    expect([code, usable]).toEqual([0, true]);
    const names = checks.map(({ name }: { name: string }) => name);
    expect(names).toEqual(expect.arrayContaining(['cores', 'timer error', 'fsync', 'steal', 'redis-server']));
    expect(readdirSync(dir)).toEqual([]);
  });
});
