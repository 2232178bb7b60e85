import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { built, jobbench } from './program.js';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'jobbench-usage-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe('help', () => {
  it.each([[[]], [['--help']], [['run', '--help']], [['list', '--help']], [['doctor', '--help']]])(
    '%j starts with examples and succeeds',
    async (args) => {
      const { code, stdout, stderr } = await built(args, dir);
      expect(code).toBe(0);
      expect(stdout).toMatch(/^Examples:\n {2}jobbench /);
      expect(stdout).toContain('Usage: jobbench');
      expect(stderr).toBe('');
      expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    },
  );

  it('prints the version alone', async () => {
    const { code, stdout } = await jobbench(['--version'], dir);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+\n$/)]);
  });
});

describe('a mistake is answered by one sentence, exit code 2, and nothing on stdout', () => {
  it.each([
    ['rnu', /unknown command 'rnu'\n\(Did you mean run\?\)/],
    ['run --adaptr x', /unknown option '--adaptr'\n\(Did you mean --adapter\?\)/],
    ['run extra', /too many arguments/],
    ['run --quick --standard', /'--quick' cannot be used with option '--standard'/],
    ['run --adapter sqlit', /unknown adapter "sqlit"; did you mean sqlite\? Available: memory, /],
    ['run --adapter memory,sqlit', /unknown adapter "sqlit"/],
    ['run --adapter ./no.js', /there is no file .*no\.js/],
    ['run --scenario latncy', /unknown scenario "latncy"; did you mean latency\? Available: throughput, latency/],
    ['run --trials 0', /--trials: "0" is not allowed; it takes a whole number from 1 to 1000/],
    ['run --trials many', /--trials: "many" is not allowed; it takes a whole number/],
    ['run --seed 1.5', /--seed: "1.5" is not allowed; it takes a whole number from 0 to 4294967295/],
    ['run --timeout 5', /--timeout: "5" is not a duration; write 500ms, 5s or 1m30s/],
    ['run --timeout 1ms', /--timeout: "1ms" is not allowed; it takes a time from 1s to 24h/],
    ['run --color pink', /--color: "pink" is not allowed; it takes auto, always or never/],
    ['run --concurrency 5000', /--concurrency: "5000" is not allowed; it takes a whole number from 1 to 1024/],
    ['run --duration soon', /--duration: "soon" is not a duration; write 500ms/],
    ['run --concurrency 0', /--concurrency: "0" is not allowed; it takes a whole number from 1 to/],
    ['run --concurrency 1..8', /--concurrency: "1\.\.8" is not a range; write 1\.\.64x2/],
    ['run --payload 3parsecs', /--payload: "3parsecs" is not a size; write 256B, 4kB or 1MB/],
    ['run --work cpu', /--work: work "cpu" needs an amount, as in cpu:5ms/],
    ['run --work io:9999d', /--work: "io:9999d" .*io:1h.*write less/],
    ['run --work sleep:5', /--work: .*noop.*cpu:5ms/],
    ['run --rate fast', /--rate: "fast" is not allowed; write jobs per second/],
    ['run --rate 5 --scenario throughput', /--rate is for latency, scheduled.*, and this run measures throughput/],
    ['run -P rat=5', /-P rat: the chosen scenarios have no param "rat"; did you mean rate\? Params: /],
    ['run -P latency.rat=5', /-P latency\.rat: latency has no param "rat"; did you mean rate\?/],
    ['run -P throughput.durration=1s', /durration.*did you mean duration\?/],
    ['run -P latenc.rate=5', /unknown scenario "latenc"; did you mean latency\?/],
    ['run -P rate', /-P rate: write \[SCENARIO\.\]KEY=VALUE/],
    ['run -P concurrency=1..1000+1', /"1\.\.1000\+1" makes more than 500 values/],
    ['run --adapter ./', /adapter \.\/: .* is a folder; name the file in it/],
    ['run --out result.txt', /--out result\.txt: a result file ends in \.json; a folder has no ending/],
    ['run --out some/result.jsn', /--out some\/result\.jsn: a result file ends in \.json/],
    ['run --set sqlite.synchronous=fulll', /"fulll" is not allowed; it takes off, normal or full/],
    ['run --set sqlite.sync=full', /sqlite has no option "sync"; did you mean synchronous\? Options: delivery, /],
    ['run --set sqlite', /--set sqlite: write ADAPTER\.KEY=VALUE/],
    ['run --adapter memory --set sqlite.lease=5s', /"sqlite" is not in this run\. Adapters: memory/],
    ['run --adapter memory?x=1', /memory has no option "x"; it has none/],
    ['run --adapter sqlite?lease=1ms', /--adapter sqlite\?lease: "1ms" is not allowed; it takes a time from 50ms/],
    ['run --config no.json', /no\.json cannot be read: there is no such file/],
    ['list adaptors', /cannot list "adaptors"; did you mean adapters\?/],
  ])('%s', async (line, sentence) => {
    const { code, stdout, stderr } = await jobbench(line.split(' '), dir);
    expect(stderr).toMatch(sentence);
    expect(stderr).toMatch(/^jobbench: /);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect([code, stdout]).toEqual([2, '']);
    expect(readdirSync(dir)).toEqual([]);
  });

  it('by the built program just so', async () => {
    const { code, stdout, stderr } = await built(['run', '--adapter', 'sqlit'], dir);
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringMatching(/^jobbench: unknown adapter "sqlit".*\n$/)]);
  });

  it.each([['run', '--adapter', 'memory'], ['ab', '--a', 'memory', '--aa'], ['simulate']])(
    '%s writes no result over a file that is none',
    async (...args) => {
      writeFileSync(join(dir, 'package.json'), '{ "name": "mine" }');
      const { code, stdout, stderr } = await jobbench([...args, '--out', 'package.json'], dir);
      expect(stderr).toMatch(/package\.json is there already, and is no result of jobbench: .*--out/);
      expect([code, stdout]).toEqual([2, '']);
      expect(readFileSync(join(dir, 'package.json'), 'utf8')).toBe('{ "name": "mine" }');
    },
  );

  it('says what an adapter of somebody else lacks', async () => {
    writeFileSync(join(dir, 'mine.mjs'), "export default { summary: 'x', create() {} };");
    const { code, stderr } = await jobbench(['run', '--adapter', './mine.mjs'], dir);
    expect(stderr).toMatch(/adapter \.\/mine\.mjs is not complete; missing or wrong: traits .*connect/);
    expect(code).toBe(2);
  });

  it('says of a client of a backend that it is a package, but no adapter, and names those that are', async () => {
    const folder = join(dir, 'node_modules', 'bullmq');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "name": "bullmq", "version": "5.0.0", "main": "index.js" }');
    writeFileSync(join(folder, 'index.js'), 'exports.Queue = class Queue {};');
    const { code, stdout, stderr } = await jobbench(['run', '--adapter', 'bullmq'], dir);
    expect(stderr).toMatch(/adapter bullmq is a package, but no adapter \(adapters of jobbench: .*redis.*\)/);
    expect([code, stdout]).toEqual([2, '']);
  });

  it('says that the output place cannot be written before anything is measured', async () => {
    mkdirSync(join(dir, 'taken.json'));
    const { code, stderr } = await jobbench(['run', '--adapter', 'memory', '--out', 'taken.json'], dir);
    expect(stderr).toMatch(/cannot write .*taken\.json/);
    expect(stderr).not.toContain('measuring');
    expect(code).toBe(2);
  });
});

describe('an environment that lacks something is exit code 3', () => {
  it('says what is missing and the command that helps', async () => {
    const env = { PATH: dir, REDIS_URL: '' };
    const { code, stdout, stderr } = await built(['run', '--adapter', 'redis'], dir, env);
    expect(stderr).toMatch(/redis cannot run here: .*redis-server.*install/);
    expect([code, stdout]).toEqual([3, '']);
  });

  it('shows no stack of a bug unless asked', async () => {
    const bad = "get summary() { throw new TypeError('a bug'); }";
    writeFileSync(join(dir, 'mine.mjs'), `export default { ${bad} };`);
    const args = ['run', '--adapter', './mine.mjs'];
    const plain = await jobbench(args, dir);
    expect(plain.stderr).toMatch(/^jobbench: internal error \(a bug\): a bug\n/);
    expect(plain.stderr).not.toMatch(/\n\s+at /);
    expect(plain.code).toBe(1);
    expect((await jobbench(args, dir, { JOBBENCH_DEBUG: '1' })).stderr).toMatch(/\n\s+at /);
  });
});
