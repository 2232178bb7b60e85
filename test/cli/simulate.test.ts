import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, test } from 'vitest';
import type { ResultFile } from '../../src/core/result.js';
import { jobbench } from './program.js';

const cwd = mkdtempSync(join(tmpdir(), 'jobbench-simulate-'));
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

async function simulated(...args: string[]) {
  const { code, stdout, stderr } = await jobbench(['simulate', '--no-progress', ...args], cwd);
  return { code, stdout, stderr };
}

async function result(...args: string[]): Promise<ResultFile> {
  const { code, stdout, stderr } = await simulated('--json', ...args);
  expect(`${code} ${stderr}`).toMatch(/^0 /);
  return JSON.parse(stdout) as ResultFile;
}

const KEEPWARM = ['--scenario', 'keepwarm', '--trials', '2', '-P', 'jobs=2000', '--seed', '4'];

describe('simulate', () => {
  test('is deterministic by its seed: two files differ in times and ids only', async () => {
    const [one, other] = [await result(...KEEPWARM), await result(...KEEPWARM)];
    const same = (file: ResultFile) =>
      JSON.stringify(file, (key, value) =>
        ['id', 'startedAt', 'finishedAt'].includes(key) && typeof value === 'string' && key !== 'id' ? '' : value,
      ).replaceAll(file.run.id, '');
    expect(same(one)).toBe(same(other));
    const third = await result(...KEEPWARM.slice(0, -1), '5');
    expect(same(third)).not.toBe(same(one));
  });

  test.each([
    [['-P', 'wait=0', '--rate', '1000000', '--duration', '24h'], 'would have 86,400,000,000 jobs in a trial'],
    [['-P', 'wait=0', '--rate', `1${'0'.repeat(400)}`], 'a rate is 1000000 jobs per second at most'],
    [['--rate', '1000000/s'], 'keepwarm: 1000000/s jobs of 3s keep more than 100,000 machines busy'],
  ])('refuses a load that fits into no memory, before it begins and in a dry run: %j', async (args, said) => {
    for (const dry of [[], ['--dry-run']]) {
      const { code, stderr } = await simulated('--scenario', 'keepwarm', ...args, ...dry);
      expect([code, stderr]).toEqual([2, expect.stringContaining(said)]);
    }
  });

  test('coldstart tries a job again whose machine did not come up, as often as attempts says', async () => {
    const cold = ['--scenario', 'coldstart', '--seed', '1', '--trials', '3', '--set', 'spawn-vm.bootFailure=0.6'];
    const failed = async (attempts: number) => {
      const { stdout } = await jobbench(['simulate', '--json', ...cold, '-P', `attempts=${attempts}`], cwd);
      const { cells } = JSON.parse(stdout) as ResultFile;
      return cells.flatMap(({ trials }) => trials).reduce((sum, { ledger }) => sum + ledger.failed, 0);
    };
    expect([await failed(50), (await failed(1)) > 0]).toEqual([0, true]);
  });

  test('marks its file virtual, writes it, and reads it in every report', async () => {
    const { code, stdout } = await simulated('--scenario', 'coldstart', '--seed', '1', '--out', 'cold.json');
    expect(code).toBe(0);
    expect(stdout).toContain('VIRTUAL TIME');
    expect(stdout).toMatch(/Next: {3}jobbench \w+/);
    const file = JSON.parse(readFileSync(join(cwd, 'cold.json'), 'utf8')) as ResultFile;
    expect(file.run).toMatchObject({ virtual: true, profile: 'virtual' });
    expect(file.cells.map(({ scenario }) => scenario.params.job)).toEqual(['first', 'second', 'after-idle']);
    for (const cell of file.cells) {
      const {
        total,
        queue = 0,
        provision = 0,
        boot = 0,
        app_boot = 0,
        resume = 0,
        run = 0,
      } = cell.trials[0]?.values ?? {};
      expect(queue + provision + boot + app_boot + resume + run).toBeCloseTo(total ?? Number.NaN, 6);
    }
  });

  test('in HTML: virtual is said first, and the Pareto set of each load is marked, with what that means', async () => {
    await simulated(
      ...KEEPWARM,
      '-P',
      'rate=20/h,200/h',
      '-P',
      'wait=0,60,600,always-on',
      '--html',
      'loads.html',
      '--out',
      'loads.json',
    );
    const page = readFileSync(join(cwd, 'loads.html'), 'utf8');
    expect(page.indexOf('virtual time: simulated, nothing was measured')).toBeLessThan(page.indexOf('<main'));
    const { cells, scenarios } = JSON.parse(readFileSync(join(cwd, 'loads.json'), 'utf8')) as ResultFile;
    const marked = cells.filter(({ mark }) => mark !== undefined);
    expect(new Set(marked.map(({ scenario }) => scenario.params.rate)).size).toBe(2);
    expect(marked.length).toBeLessThan(cells.length);
    expect(page.match(/<circle class="full"/g)).toHaveLength(marked.length);
    expect(page).toContain(`* ${scenarios[0]?.marks}`);
    expect(page).toContain(scenarios[0]?.lesson?.slice(0, 60));
  });

  test('machines that die cost a few jobs their time, and none is lost', async () => {
    const set = [
      '--set',
      'spawn-vm.lifetime=exponential:10m',
      '-P',
      'wait=forever',
      '-P',
      'rate=200/h',
      '-P',
      'attempts=5',
    ];
    const [cell] = (await result(...KEEPWARM, ...set)).cells;
    expect(cell?.status).toBe('ok');
    for (const { observed, ledger } of cell?.trials ?? []) {
      expect(observed?.machine_deaths).toBeGreaterThan(10);
      expect(observed?.retries).toBeGreaterThan(0);
      expect(ledger.completed).toBe(ledger.planned);
    }
  });

  test('says in a sentence what a wait costs, and marks what nothing beats', async () => {
    const file = await result(...KEEPWARM, '-P', 'rate=20/h', '-P', 'wait=0,60,always-on');
    expect(file.scenarios[0]?.lesson).toMatch(
      /At 20 jobs\/hour of 3 s, wait=0 costs [\d.]+ % of always-on and [\d.]+ % of jobs start cold; wait=60 costs/,
    );
    expect(file.cells.filter(({ mark }) => mark === 'pareto').length).toBeGreaterThan(1);
    const share = file.cells.find(({ scenario }) => scenario.params.wait === '60')?.summary.cold_starts?.median ?? 0;
    expect(share).toBeGreaterThan(65); // exp(-20/3600 x 60) is 72 %, less those that find it busy
    expect(share).toBeLessThan(75);
  });

  test('a burst beyond the connections of the database starves the web tier, a cap does not', async () => {
    const file = await result(
      '--scenario',
      'burst',
      '--trials',
      '1',
      '-P',
      'jobs=300',
      '-P',
      'cap=4,64',
      '--seed',
      '1',
    );
    const of = (cap: number) => file.cells.find(({ scenario }) => scenario.params.cap === cap)?.summary;
    expect(of(4)).toMatchObject({
      web_refused: { median: 0 },
      peak_machines: { median: 4 },
      jobs_failed: { median: 0 },
    });
    expect(of(64)?.web_refused?.median).toBeGreaterThan(20);
    expect(of(64)?.db_peak?.median).toBeLessThanOrEqual(100);
    expect(of(64)?.empty_after?.median).toBeLessThan(of(4)?.empty_after?.median ?? 0);
  });

  test('lives through a trace, with its lengths and queues', async () => {
    writeFileSync(
      join(cwd, 'day.csv'),
      'time,duration,queue\n2026-11-21T09:00:00Z,2,mail\n2026-11-21T09:00:30Z,500ms,web\n2026-11-21T09:10:00Z,1,mail\n',
    );
    const args = ['--scenario', 'keepwarm', '-P', 'trace=day.csv', '-P', 'wait=60', '--trials', '1'];
    const file = await result(...args, '--set', 'spawn-vm.queues=mail:1:forever');
    expect(file.cells[0]?.trials[0]?.observed).toMatchObject({ jobs: 3, machines: 2, run_seconds: 3.5 });
  });
});

describe('what cannot be simulated is refused, and nothing is written', () => {
  const trace = (name: string, text: string) => {
    writeFileSync(join(cwd, name), text);
    return ['-P', `keepwarm.trace=${name}`];
  };
  it.each([
    [['-P', 'keepwarm.wait=-5'], '"-5" is not allowed; a wait is a number of seconds from 0'],
    [['-P', 'burst.cap=0'], '"0" is not allowed; it takes a whole number from 1'],
    [['-P', 'keepwarm.length=fast'], '"fast" is not a distribution; write 500ms'],
    [['-P', 'keepwarm.rate=0/h'], 'a rate must be above 0'],
    [['--set', 'spawn-vm.boot=normal:1s'], 'is not a distribution'],
    [['--set', 'spawn-vm.wait=-1'], '"-1" is not a wait'],
    [['--set', 'spawn-vm.wait=5'], 'keepwarm sets this option itself'],
    [['--set', 'spawn-vm.preset=aws'], '"aws" is not a preset; choose article, fly'],
    [['--set', 'spawn-vm.minWarm=9'], 'raise maxMachines'],
    [['--scenario', 'latency'], 'latency cannot be simulated'],
    [['--adapter', 'sqlite'], 'sqlite has no model to simulate; choose spawn-vm'],
    [['-P', 'keepwarm.trace=none.csv'], 'trace none.csv cannot be read (ENOENT)'],
    [() => trace('unsorted.csv', '1\n3\n2\n'), 'trace unsorted.csv line 3: "2" is before the line above'],
    [() => trace('words.csv', '1\nsoon\n'), 'trace words.csv line 2: "soon" is not a time'],
    [() => trace('length.csv', '1,2\n2,long\n'), 'trace length.csv line 2: "long" is not a duration'],
    [() => trace('missing.csv', '1,2\n2\n'), 'trace missing.csv line 2: a duration is missing'],
    [() => trace('empty.csv', '# nothing\n'), 'trace empty.csv holds no jobs'],
    [() => trace('wide.csv', '1,2,a,b\n'), 'trace wide.csv line 1: 4 columns'],
  ])('%j: %s', async (given, message) => {
    const args = typeof given === 'function' ? given() : given;
    const { code, stdout, stderr } = await simulated('--out', 'refused.json', ...args);
    expect(stderr).toContain(message);
    expect([code, stdout]).toEqual([2, '']);
    expect(() => readFileSync(join(cwd, 'refused.json'))).toThrow('ENOENT');
  });
});
