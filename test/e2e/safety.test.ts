import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seeded } from '../../src/core/random.js';
import { describeWithRedis } from '../servers/redisneeded.js';
import { strace } from '../support/strace.js';
import { CANARY, failuresIn, leaky, SHOWN } from './leaky.js';
import { CHEAP, type Ended, newPlace, type Place, SOON_MS, TINY, until } from './place.js';
import { configFile, type ForeignRedis, foreignRedis, killedAfter } from './safety.js';

const LIMIT = { timeout: 60_000 };

const THROUGHPUT = ['--scenario', 'throughput', ...TINY, '--duration', '20s'];
/** What is killed, and what it may use: each command, each kind of backend. None is over by itself before its moment. */
const KILLED = [
  { args: ['run', '--adapter', 'redis', ...THROUGHPUT], server: 'foreign', longestMs: 4000 },
  { args: ['run', '--adapter', 'redis', ...THROUGHPUT], server: 'own', longestMs: 4000 },
  { args: ['run', '--adapter', 'sqlite', ...THROUGHPUT], server: 'foreign', longestMs: 4000 },
  { args: ['run', '--adapter', 'spawn-vm', ...THROUGHPUT], server: 'foreign', longestMs: 4000 },
  { args: ['run', '--adapter', 'threads', ...THROUGHPUT], server: 'foreign', longestMs: 4000 },
  // Its cases come one after another, and start more kinds of processes the longer it goes on.
  { args: ['verify', '--adapter', 'redis'], server: 'foreign', longestMs: 10_000 },
  { args: ['verify', '--adapter', 'redis,sqlite'], server: 'own', longestMs: 10_000 },
  { args: ['ab', '--a', 'redis', '--b', 'sqlite', ...THROUGHPUT.slice(0, 4)], server: 'foreign', longestMs: 4000 },
  { args: ['simulate', '--scenario', 'keepwarm', '--trials', '100'], server: 'foreign', longestMs: 2000 },
] as const;

/**
 * One kill of each kind here, and time enough for a machine that others use; `npm run prove -- --only safety` has fifty,
 * and no patience with what is left after 2 s.
 */
const KILLS = Number(process.env.JOBBENCH_SAFETY_KILLS ?? KILLED.length);
const GONE_MS = Number(process.env.JOBBENCH_SAFETY_MS ?? SOON_MS);
const SEED = Number(process.env.JOBBENCH_SAFETY_SEED ?? 1);

let dir = '';
let foreign: ForeignRedis;

describeWithRedis('with a Redis of somebody else', () => {
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'jbforeign-'));
    foreign = await foreignRedis(dir, CANARY, 1000);
  });
  afterAll(async () => {
    await foreign[Symbol.asyncDispose]();
    rmSync(dir, { recursive: true, force: true });
  });

  const random = seeded(SEED);
  const moments = Array.from({ length: Math.ceil(KILLS / KILLED.length) }, () => KILLED)
    .flat()
    .slice(0, KILLS)
    .map(({ args, server, longestMs }, n) => {
      const [command, , subject] = args;
      return { n: n + 1, ms: Math.round(longestMs * random()), command, subject, args, server };
    });

  test.each(moments)(
    'kill -9 number $n of the coordinator, after $ms ms of $command with $subject ($server server), leaves nothing',
    LIMIT,
    async ({ ms, args, server }) => {
      const before = await foreign.keys();
      const { files } = await killedAfter(ms, args, server === 'foreign' ? { REDIS_URL: foreign.url } : {}, GONE_MS);
      expect(files.filter((name) => name !== 'r.journal')).toEqual([]);
      // The server is asked last: whoever removes keys has ended by now.
      expect(await foreign.keys()).toEqual(before);
    },
  );

  test('kill -9 while jobs wait on it leaves nothing there', LIMIT, async () => {
    await using place = newPlace();
    const before = await foreign.keys();
    const running = place.start(
      ['run', '--adapter', 'redis', '--scenario', 'throughput', ...TINY, '--duration', '20s'],
      {
        env: { REDIS_URL: foreign.url },
      },
    );
    const more = async () => (await foreign.count()) > Object.keys(before).length;
    while (!(await more())) await until(() => running.child.exitCode === null, 0, 'a run that goes on');
    running.child.kill('SIGKILL');
    await place.tidy();
    expect(await foreign.keys()).toEqual(before);
  });

  test('runs that end well, or not, change none of 1,000 foreign keys, and show no password', LIMIT, async () => {
    await using place = newPlace();
    const before = await foreign.keys();
    expect(Object.keys(before)).toHaveLength(1000);
    const env = { REDIS_URL: foreign.url };
    const well = await place.run(['run', '--adapter', 'redis', ...CHEAP, '--out', 'r.json'], { env });
    expect(well.code).toBe(0);
    const dying = ['--work', 'exit', '--keep', '--out', 's.json'];
    const badly = await place.start(['run', '--adapter', 'redis', ...CHEAP, ...dying], { env }).ended;
    expect(badly.code).toBeGreaterThan(0);
    expect(await foreign.keys()).toEqual(before);
    expect(placesOf(place).filter(({ text }) => SHOWN.test(text))).toEqual([]);
    for (const { stdout, stderr } of [well, badly]) expect(stdout + stderr).not.toMatch(SHOWN);
  });

  test('a password that the server refuses is shown nowhere', LIMIT, async () => {
    await using place = newPlace();
    const wrong = foreign.url.replace('w%40rd', 'wrong');
    expect(wrong).not.toBe(foreign.url);
    const args = ['run', '--adapter', 'redis', ...CHEAP, '--out', 'r.json'];
    const ended = await place.run(args, { env: { REDIS_URL: wrong, JOBBENCH_DEBUG: '1' } });
    expect(ended.code).toBe(3);
    expect(`${ended.stdout}${ended.stderr}`).toMatch(/WRONGPASS/);
    expect(`${ended.stdout}${ended.stderr}`).not.toMatch(SHOWN);
    expect(placesOf(place).filter(({ text }) => SHOWN.test(text))).toEqual([]);
  });

  test('no command line of a run holds the password', LIMIT, async () => {
    await using place = newPlace();
    const running = place.start(
      ['run', '--adapter', 'redis', '--scenario', 'throughput', ...TINY, '--duration', '20s'],
      {
        env: { REDIS_URL: foreign.url },
      },
    );
    const commands = () => place.processes().map(({ command }) => command);
    await until(() => commands().some((command) => /worker-0/.test(command)), SOON_MS, 'a worker');
    expect(commands().filter((command) => SHOWN.test(command))).toEqual([]);
    const files = placesOf(place);
    expect(files.filter(({ path }) => path.endsWith('.plan.json')).length).toBeGreaterThan(1);
    expect(files.filter(({ text }) => SHOWN.test(text))).toEqual([]);
    running.child.kill('SIGKILL');
    await place.tidy();
  });
});

describe('a password among the options of an adapter', () => {
  test.each([
    { where: 'create', debug: '0' },
    { where: 'connect', debug: '1' },
    { where: 'enqueue', debug: '1' },
    { where: 'run', debug: '0' },
    { where: 'effective', debug: '1' },
    { where: 'close', debug: '0' },
    { where: 'destroy', debug: '1' },
  ] as const)('that fails in $where (JOBBENCH_DEBUG=$debug)', LIMIT, async ({ where, debug }) => {
    await using place = newPlace();
    const text = leaky(where);
    expect(failuresIn(text)).toBe(1);
    place.write('leaky.mjs', text);
    const config = configFile(place, { adapter: ['./leaky.mjs'], set: { 'leaky.password': CANARY }, keep: true });
    const args = ['run', ...CHEAP, '--out', 'r.json', '--html', 'r.html'];
    const ended = await place.start(args, { env: { JOBBENCH_DEBUG: debug } }).ended;
    expect(ended.code).toBeGreaterThan(0);
    expect(`${ended.stdout}${ended.stderr}${resultOf(place)}`).toMatch(/cannot log in|lost|refused/);
    expect(ended.stdout).not.toMatch(/log in create/);
    const heard = where === 'create' || debug === '0' ? ['create'] : ['create', 'connect'];
    for (const here of heard) {
      for (const how of ['log', 'error', 'warning']) expect(ended.stderr).toMatch(`${how} in ${here}`);
    }
    expectNoPassword(place, ended, config);
  });

  test('a run that is kept keeps no password, and its files have the rest', LIMIT, async () => {
    await using place = newPlace();
    place.write('leaky.mjs', leaky());
    const config = configFile(place, { adapter: ['./leaky.mjs'], set: { 'leaky.password': CANARY }, keep: true });
    const ended = await place.start(['run', ...CHEAP, '--out', 'r.json', '--html', 'r.html']).ended;
    expect(ended.code).toBe(0);
    const [cell] = JSON.parse(resultOf(place)).cells;
    expect(cell.adapter.effective).toMatchObject({
      url: 'redis://***@db/0',
      api_token: '***',
      login: '***',
      port: 6379,
    });
    expect(ended.stdout).toContain('logs in with ***');
    const plans = placesOf(place).filter(({ path }) => path.endsWith('.plan.json'));
    expect(plans.map(({ text }) => JSON.parse(text).address.url)).toContain('redis://***@db/0');
    expectNoPassword(place, ended, config);
  });

  test('killed in the middle it leaves none in its journal and in the folder that is kept', LIMIT, async () => {
    await using place = newPlace();
    place.write('leaky.mjs', leaky());
    const config = configFile(place, { adapter: ['./leaky.mjs'], set: { 'leaky.password': CANARY }, keep: true });
    const running = place.start(['run', ...CHEAP, '--trials', '50', '--out', 'r.json']);
    const journal = () => textOf(join(place.cwd, 'r.journal'));
    const notes = () => placesOf(place).filter(({ path }) => path.endsWith('queue.json'));
    const amid = () => journal().split('\n').length > 2 && notes().some(({ text }) => SHOWN.test(text));
    await until(amid, SOON_MS, 'a trial in the journal, and the next one begun');
    running.child.kill('SIGKILL');
    await until(() => place.processes().length === 0, SOON_MS, 'everybody to be gone');
    expect(placesOf(place).some(({ path }) => path.endsWith('.plan.json'))).toBe(true);
    expect(journal()).toContain('jobbench-journal');
    expectNoPassword(place, await running.ended, config);
  });

  test('verify gives it to no command line, and shows it nowhere', { timeout: 120_000 }, async () => {
    await using place = newPlace();
    const seen = join(place.cwd, 'seen.txt');
    // It looks at the command line of each process that connects, and of the one that started that; then it fails.
    const watchful = `const command = (pid) => readFileSync('/proc/' + pid + '/cmdline', 'latin1');
      const entry = basename(process.argv[1]);
      const leaks = [process.pid, process.ppid].some((pid) => command(pid).includes(o.password));
      appendFileSync('${seen}', entry + (leaks ? ' leaks' : '') + '\\n');
      if (entry !== 'jobbench.js') throw new Error('cannot connect with ' + o.password);`;
    const text = leaky('enqueue', 'depth')
      .replace('async connect(a, o) {', `async connect(a, o) { ${watchful}`)
      .replace("topology: 'embedded'", "topology: 'shared'")
      .replace("durability: 'memory'", "durability: 'power-loss'");
    const imports = `import { appendFileSync, readFileSync } from 'node:fs';\nimport { basename } from 'node:path';\n`;
    place.write('leaky.mjs', imports + text);
    const config = configFile(place, { adapter: ['./leaky.mjs'], set: { 'leaky.password': CANARY } });
    const ended = await place.start(['verify', '--timeout', '1s', '--seed', '1'], { limitMs: 110_000 }).ended;
    expect(ended.code).toBe(4);
    expect(ended.stdout).toContain('cannot log in');
    const processes = readFileSync(seen, 'utf8').split('\n');
    if (strace !== undefined) expect(processes).toContain('flusher.js');
    expect(processes.filter((line) => line.includes('leaks'))).toEqual([]);
    const proofs = placesOf(place).find(({ path }) => path.endsWith('promises.json'))?.text ?? '';
    expect(JSON.parse(proofs).proofs[0].adapter.effective).toMatchObject({ url: 'redis://***@db/0', login: '***' });
    expectNoPassword(place, ended, config);
  });

  test.each([
    { kind: 'a value that is refused', content: { set: { 'leaky.password': `${CANARY}${'x'.repeat(30)}` } } },
    { kind: 'an option that is none', content: { set: { 'leaky.pasword': CANARY } } },
    { kind: 'a list in place of a value', content: { set: [`leaky.password ${CANARY}`] } },
    { kind: 'no JSON', content: `{ "set": { "leaky.password": "${CANARY}" ` },
    { kind: 'no JSON near the password', content: `{ "set": { "leaky.password": ${CANARY} } }` },
  ])('a configuration with $kind: exit 2, without it', LIMIT, async ({ content }) => {
    for (const debug of ['0', '1']) {
      await using place = newPlace();
      place.write('leaky.mjs', leaky());
      configFile(place, typeof content === 'string' ? content : { adapter: ['./leaky.mjs'], ...content });
      const ended = await place.run(['run', ...CHEAP], { env: { JOBBENCH_DEBUG: debug } });
      expect(ended).toMatchObject({ code: 2, stdout: '' });
      expect(ended.stderr).not.toMatch(SHOWN);
    }
  });
});

/** Every file below a place's folders, scratch folders included. */
function placesOf({ cwd, tmp }: Place): { path: string; text: string }[] {
  return [cwd, tmp].flatMap((root) =>
    readdirSync(root, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => ({ path, text: textOf(path) })),
  );
}

/** Neither in what was printed, nor in any file but those that the user wrote. */
function expectNoPassword(place: Place, { stdout, stderr }: Ended, config: string): void {
  const own = [config, join(place.cwd, 'leaky.mjs')];
  const showing = placesOf(place).filter(({ path, text }) => !own.includes(path) && SHOWN.test(text));
  expect(showing.map(({ path }) => path)).toEqual([]);
  expect(stdout + stderr).not.toMatch(SHOWN);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return ''; // a run that goes on has removed it
  }
}

function resultOf(place: Place): string {
  return textOf(join(place.cwd, 'r.json'));
}
