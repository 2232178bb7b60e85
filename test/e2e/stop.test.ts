import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findRedis } from '../../src/servers/redis.js';
import { readJournal } from '../../src/store/journal.js';
import { readResult } from '../../src/store/read.js';
import { quickBut } from './adapters.js';
import { CHEAP, newPlace, SOON_MS, TINY, until } from './place.js';

const LIMIT = { timeout: 60_000 };
const redis = await findRedis();

/** How each run is killed: what it does, when it is doing it, and who must be there by then. */
const moments = [
  { moment: 'while the machine is calibrated', adapter: 'memory', says: /measuring this machine/, with: /sweeper/ },
  { moment: 'while a capacity is measured', adapter: 'sqlite', says: /what sqlite carries/, with: /worker-0/ },
  { moment: 'in a trial with threads', adapter: 'threads', says: /on threads, trial 1/, with: /queue\.plan/ },
  {
    moment: 'in a trial with simulated machines',
    adapter: 'spawn-vm',
    says: /what spawn-vm carries/,
    with: /processhost/,
  },
  ...(redis === undefined
    ? []
    : [
        {
          moment: 'in a trial with a server of our own',
          adapter: 'redis',
          says: /what redis/,
          with: /redis-server .*redis\.sock/,
        },
      ]),
];

test.each(moments)(
  'kill -9 $moment leaves no process and no folder',
  LIMIT,
  async ({ adapter, says, with: helper }) => {
    await using place = newPlace();
    const args = [
      'run',
      '--adapter',
      adapter,
      '--scenario',
      'throughput',
      ...TINY,
      '--duration',
      '20s',
      '--out',
      'r.json',
    ];
    const running = place.start(args);
    await running.says(says);
    const commands = () => place.processes().map(({ command }) => command);
    await until(
      () => commands().some((command) => helper.test(command)),
      SOON_MS,
      () => `${helper} among ${commands()}`,
    );
    expect(place.scratch()).toEqual([expect.stringMatching(/^jobbench-/)]);
    running.child.kill('SIGKILL');
    expect(await running.ended).toMatchObject({ code: null, signal: 'SIGKILL' });
    await place.tidy();
    expect(place.files()).toEqual(['r.journal']);
  },
);

test('kill -9 after a finished trial leaves that trial in the journal', LIMIT, async () => {
  await using place = newPlace();
  const running = place.start(['run', '--adapter', 'sqlite', ...CHEAP, '--trials', '50', '--out', 'r.json']);
  await running.says(/trial 2 of 50/);
  running.child.kill('SIGKILL');
  await place.tidy();
  expect(place.files()).toEqual(['r.journal']);
  const { run, entries } = await readJournal(join(place.cwd, 'r.journal'));
  expect(run.command).toContain('sqlite');
  expect(entries.length).toBeGreaterThanOrEqual(1);
  expect(entries[0]).toMatchObject({
    cell: expect.stringContaining('sqlite'),
    trial: { index: 0, ledger: { lost: 0 } },
  });
});

test(
  'two runs to one --out: the second ends at once, and after a kill the next one keeps what was measured',
  LIMIT,
  async () => {
    await using place = newPlace();
    const args = ['run', '--adapter', 'sqlite', ...CHEAP, '--out', 'r.json'];
    const running = place.start([...args, '--trials', '50']);
    await running.says(/trial 2 of 50/);
    const second = await place.start(args).ended;
    expect([second.code, second.stdout]).toEqual([2, '']);
    expect(second.stderr).toMatch(/another jobbench run is writing .*r\.json: choose another place with --out/);
    running.child.kill('SIGKILL');
    await place.tidy();
    const third = await place.run(args);
    expect(third.stderr).toMatch(/an earlier run was killed; its trials are kept in r-[0-9a-f]{6}\.journal/);
    expect(third.code).toBe(0);
    expect(place.files().sort()).toEqual([expect.stringMatching(/^r-[0-9a-f]{6}\.journal$/), 'r.json']);
  },
);

/** Starts a server whose command line tells nothing of the run, and never stops it. */
const CARELESS = quickBut(
  'create: async () => ({})',
  "create: async () => {\n    const { spawn } = await import('node:child_process');\n" +
    "    spawn('sleep', ['3600'], { detached: true, stdio: 'ignore' }).unref();\n    return {};\n  }",
);

test('what an adapter started and did not stop ends with the run', LIMIT, async () => {
  await using place = newPlace();
  place.write('careless.mjs', CARELESS);
  const running = place.start(['run', '--adapter', './careless.mjs', ...CHEAP, '--quiet']);
  const server = () => place.processes().some(({ command }) => command === 'sleep 3600');
  await until(server, SOON_MS, 'the server to be there');
  expect(await running.ended).toMatchObject({ code: 0, stderr: '' });
  await place.tidy();
});

test('kill -9 with --keep keeps the folder, and still no process', LIMIT, async () => {
  await using place = newPlace();
  place.write('careless.mjs', CARELESS);
  const running = place.start(['run', '--adapter', './careless.mjs', ...CHEAP, '--keep']);
  const server = () => place.processes().some(({ command }) => command === 'sleep 3600');
  await until(server, SOON_MS, 'the server to be there');
  running.child.kill('SIGKILL');
  await until(() => place.processes().length === 0, SOON_MS, 'all processes to be gone');
  expect(place.scratch()).toHaveLength(1);
});

/** Somebody who looks into the folder of a run: its path is in their command line, and nothing of the run is theirs. */
function bystander(name: string, folder: string): { readonly child: ChildProcess; readonly endedBy: Promise<unknown> } {
  const args = ['-e', 'setTimeout(() => undefined, 60_000)', join(folder, 'x')];
  const env = { PATH: process.env.PATH };
  const child = spawn(process.execPath, args, { argv0: name, env, stdio: 'ignore' });
  return { child, endedBy: new Promise((done) => child.once('exit', (_code, signal) => done(signal))) };
}

test.each([
  { end: 'the end of a run', trials: '2', reader: 'tail' },
  { end: 'kill -9', trials: '50', reader: 'redis-cli' },
])('$end leaves others alone who look into its folder: $reader', LIMIT, async ({ end, trials, reader }) => {
  await using place = newPlace();
  const running = place.start([...place.quick(), '--trials', trials, '--out', 'r.json']);
  await running.says(/trial 1 of/);
  const [folder = ''] = place.scratch();
  const { child, endedBy } = bystander(reader, join(place.tmp, folder));
  try {
    const command = () => readFileSync(`/proc/${child.pid}/cmdline`, 'utf8');
    await until(() => command().startsWith(reader) && command().includes(folder), SOON_MS, `${reader} to be there`);
    expect(place.scratch()).toEqual([folder]);
    if (end === 'kill -9') running.child.kill('SIGKILL');
    expect(await running.ended).toMatchObject(end === 'kill -9' ? { signal: 'SIGKILL' } : { code: 0 });
    // All of the run is gone, the sweeper too, so nobody is left who could still do harm.
    await place.tidy();
  } finally {
    child.kill('SIGTERM');
  }
  expect(await endedBy).toBe('SIGTERM');
});

test.each([
  { signal: 'SIGINT', code: 130 },
  { signal: 'SIGTERM', code: 143 },
  { signal: 'SIGHUP', code: 129 },
] as const)('$signal ends the run in order, with what was measured: exit $code', LIMIT, async ({ signal, code }) => {
  await using place = newPlace();
  const running = place.start([...place.quick(), '--trials', '50', '--out', 'r.json']);
  await running.says(/trial 2 of 50/);
  running.child.kill(signal);
  const ended = await running.ended;
  await place.tidy();
  expect(ended).toMatchObject({ code, signal: null });
  expect(ended.stderr).toMatch(/what was measured will be saved/);
  expect(ended.stderr).not.toMatch(/\n\s+at /);
  expect(ended.stdout).toContain('r.json');
  expect(place.files()).toEqual(['r.json']);
  const { run, cells } = await readResult(join(place.cwd, 'r.json'));
  expect(run.status).toBe('aborted');
  expect(cells[0]?.status).toBe('ok');
  expect(cells[0]?.trials.length).toBeGreaterThanOrEqual(1);
  expect(cells[0]?.trials.length).toBeLessThan(50);
});

test('SIGINT before anything was measured: the cells say so', LIMIT, async () => {
  await using place = newPlace();
  const running = place.start(['run', '--adapter', 'sqlite', '--scenario', 'throughput', ...TINY, '--out', 'r.json']);
  await running.says(/what sqlite carries/);
  running.child.kill('SIGINT');
  expect(await running.ended).toMatchObject({ code: 130 });
  await place.tidy();
  const { run, cells } = await readResult(join(place.cwd, 'r.json'));
  expect(run.status).toBe('aborted');
  expect(cells).toMatchObject([{ status: 'skipped', reason: 'stopped before it was measured' }]);
});

test('a second SIGINT ends the run at once', LIMIT, async () => {
  await using place = newPlace();
  // Jobs that do not end hold up the first.
  const args = ['run', '--adapter', 'sqlite', ...CHEAP, '--work', 'hang', '--out', 'r.json'];
  const running = place.start(args);
  await running.says(/trial 1 of 1/);
  await until(() => place.processes().some(({ command }) => /worker-0/.test(command)), SOON_MS, 'a worker');
  running.child.kill('SIGINT');
  await running.says(/once more to end at once/);
  running.child.kill('SIGINT');
  expect(await running.ended).toMatchObject({ code: 130, stdout: '' });
  await place.tidy();
  expect(existsSync(join(place.cwd, 'r.json'))).toBe(false);
});

test('a terminal that is closed says so twice, and what was measured is saved all the same', LIMIT, async () => {
  await using place = newPlace();
  const running = place.start([...place.quick(), '--trials', '50', '--out', 'r.json']);
  await running.says(/trial 2 of 50/);
  running.child.kill('SIGHUP');
  await running.says(/once more to end at once/);
  running.child.kill('SIGHUP');
  expect(await running.ended).toMatchObject({ code: 129, signal: null });
  await place.tidy();
  expect(place.files()).toEqual(['r.json']);
});

test('SIGINT in verify keeps the adapters that were tried to their end, and says so', LIMIT, async () => {
  await using place = newPlace();
  const running = place.start(['verify', '--adapter', 'memory,sqlite', '--out', 'p.json']);
  await running.says(/sqlite, 3 of/);
  running.child.kill('SIGINT');
  const ended = await running.ended;
  await place.tidy();
  expect(ended).toMatchObject({ code: 130, signal: null, stdout: '' });
  expect(ended.stderr).toMatch(/kept what was found of memory in p\.json; sqlite was not tried to the end/);
  const { proofs } = JSON.parse(readFileSync(join(place.cwd, 'p.json'), 'utf8'));
  expect(proofs).toMatchObject([{ adapter: { name: 'memory' } }]);
});

test('SIGINT in verify before any adapter was tried to its end keeps nothing, and says so', LIMIT, async () => {
  await using place = newPlace();
  const running = place.start(['verify', '--adapter', 'sqlite', '--out', 'p.json']);
  await running.says(/sqlite, 2 of/);
  running.child.kill('SIGINT');
  const ended = await running.ended;
  await place.tidy();
  expect(ended).toMatchObject({ code: 130, stdout: '' });
  expect(ended.stderr).toMatch(/nothing is kept, because sqlite was not tried to the end/);
  expect(existsSync(join(place.cwd, 'p.json'))).toBe(false);
});
