import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MINE } from '../e2e/adapters.js';
import { jobbench } from './program.js';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'jobbench-ab-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const write = (name: string, text: string) => writeFileSync(join(dir, name), text);
const run = (line: string, env: Record<string, string> = {}) => jobbench(line.split(' '), dir, env);

describe('a mistake is answered by one sentence, exit code 2, and nothing on stdout', () => {
  it.each([
    ['ab', /ab compares two arms: --a and --b missing; as in --a sqlite/],
    ['ab --a memory', /ab compares two arms: --b missing/],
    ['ab --b memory', /ab compares two arms: --a missing/],
    ['ab --aa', /--aa measures one arm against itself: name it by --a/],
    ['ab --aa --a memory --b sqlite', /--aa measures one arm against itself: leave out --b/],
    ['ab memory sqlite', /too many arguments/],
    ['ab --a memory --b memory --adapter sqlite', /name them by --a and --b in place of --adapter/],
    ['ab --a sqlit --b memory', /unknown adapter "sqlit"; did you mean sqlite\? Available: memory, /],
    ['ab --a memory --b ./no.js', /there is no file .*no\.js/],
    ['ab --a memory?x=1 --b memory', /memory has no option "x"; it has none/],
    ['ab --a sqlite --b sqlite?synchronous=fulll', /--b sqlite\?synchronous: "fulll" is not allowed; it takes off, /],
    ['ab --a sqlite --b sqlite?synchronous', /--b sqlite\?synchronous: write options as NAME\?KEY=VALUE/],
    ['ab --a memory --b memory --set sqlite.lease=5s', /"sqlite" is not in this run/],
    ['ab --a memory --b memory --scenario latncy', /unknown scenario "latncy"; did you mean latency\?/],
    ['ab --a memory --b memory --rate 5', /--rate is for latency, scheduled.*, and this run measures throughput/],
    ['ab --a memory --b memory --metric drain', /--metric: nothing here measures "drain"; did you mean drain_rate\?/],
    ['ab --a memory --b memory --metric total_p99', /nothing here measures "total_p99".* Metrics: enqueue_rate, /],
    ['ab --a memory --b memory --metric drain_rate,', /--metric: a name is missing/],
    ['ab --a memory --b memory --threshold 5', /--threshold: "5" is not allowed; write a percentage from 2% to 500%/],
    ['ab --a memory --b memory --threshold 1%', /--threshold: "1%" is not allowed/],
    ['ab --a memory --b memory --blocks 7', /--blocks: "7" is not allowed; it takes a whole number from 8 to 500/],
    ['ab --a memory --b memory --blocks 501', /--blocks: "501" is not allowed/],
    ['ab --a memory --b memory --blocks few', /--blocks: "few" is not allowed/],
    ['ab --a memory --b memory --trials 12', /unknown option '--trials'/],
    [
      'ab --a memory --b memory --format tabel',
      /--format: "tabel" is not allowed; did you mean table\? It takes table, /,
    ],
    ['ab --a memory --b memory --json --format github', /--json and --format github cannot be used together/],
    ['ab --a memory --b memory --export junit', /--export junit: write FORMAT=PATH/],
    ['ab --a memory --b memory --export xml=x.xml', /--export: "xml" is not allowed/],
    ['ab --a memory --b memory --config no.json', /no\.json cannot be read: there is no such file/],
  ])('%s', async (line, sentence) => {
    const { code, stdout, stderr } = await run(line);
    expect(stderr).toMatch(sentence);
    expect(stderr).toMatch(/^jobbench: /);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect([code, stdout]).toEqual([2, '']);
    expect(readdirSync(dir)).toEqual([]);
  });

  it('has blocks, and its help promises no number of trials', async () => {
    const { code, stdout } = await run('ab --help');
    expect(code).toBe(0);
    expect(stdout).toMatch(/--standard +trials of 5 s$/m);
    expect(stdout).not.toMatch(/\b\d+ trials of/);
  });

  it('says that the output place cannot be written before anything is measured', async () => {
    mkdirSync(join(dir, 'taken.json'));
    const { code, stderr } = await run('ab --a memory --b memory --out taken.json');
    expect(stderr).toMatch(/cannot write .*taken\.json/);
    expect(stderr).not.toContain('measuring');
    expect(code).toBe(2);
  });
});

describe('--dry-run', () => {
  it('prints the plan of both arms, and writes nothing', async () => {
    const { code, stdout } = await run('ab --a sqlite --b sqlite?synchronous=full --dry-run');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ {2}throughput sqlite +planned\n {2}throughput sqlite\?synchronous=full +planned$/m);
    expect(stdout).toMatch(/^24 trials in random order, .* for 2 of 2 cells: at most 12 for each/m);
    expect(stdout).toMatch(/Nothing was measured or written\.\n$/);
    expect(readdirSync(dir)).toEqual([]);
  });
  it('takes blocks from --blocks alone: what is configured of trials and adapters is about `run`', async () => {
    write('jobbench.config.json', JSON.stringify({ trials: 3, adapter: ['sqlite'], scenario: ['latency'] }));
    const { stdout } = await run('ab --a memory --b sqlite --blocks 9 --json --dry-run', { JOBBENCH_TRIALS: '4' });
    const plan = JSON.parse(stdout);
    expect(plan.cells.map(({ id }: { id: string }) => id)).toEqual(['latency memory', 'latency sqlite']);
    expect(plan.trials).toBe(18);
  });
});

describe('arms that would be called the same', () => {
  it.each([
    ['--aa --a memory', ['memory (A)', 'memory (B)']],
    ['--a memory --b memory', ['memory (A)', 'memory (B)']],
    ['--a ./one/mine.mjs --b ./two/mine.mjs', ['mine (./one/mine.mjs)', 'mine (./two/mine.mjs)']],
  ])('%s', async (arms, labels) => {
    for (const folder of ['one', 'two']) mkdirSync(join(dir, folder));
    for (const folder of ['one', 'two']) write(`${folder}/mine.mjs`, MINE);
    const { stdout, stderr } = await run(`ab ${arms} --json --dry-run`);
    expect(stderr).toBe('');
    const { cells } = JSON.parse(stdout) as { cells: { id: string }[] };
    expect(cells.map(({ id }) => id)).toEqual(labels.map((label) => `throughput ${label}`));
  });
});

describe('an arm that cannot run here is exit code 3', () => {
  const lacking = MINE.replace(
    'traits,\n',
    "traits,\n  unavailable: async () => ({ reason: 'no server', remedy: 'start one' }),\n",
  );
  it.each(['--a memory --b ./mine.mjs', '--a ./mine.mjs --b memory', '--aa --a ./mine.mjs'])(
    '%s: before anything is measured or written',
    async (arms) => {
      write('mine.mjs', lacking);
      const { code, stdout, stderr } = await run(`ab ${arms}`);
      expect(stderr).toMatch(/^jobbench: mine( \(A\))? cannot run here: no server; start one\n$/);
      expect([code, stdout]).toEqual([3, '']);
      expect(readdirSync(dir)).toEqual(['mine.mjs']);
    },
  );
});
