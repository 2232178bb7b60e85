import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ResultSchema } from '../../src/core/result.js';
import { readResult } from '../../src/store/read.js';
import { newPlace, TINY } from './place.js';

const LIMIT = { timeout: 90_000 };

test('a run prints the table, keeps the file and leaves nothing else', LIMIT, async () => {
  await using place = newPlace();
  const { code, stdout, stderr } = await place.run([
    ...['run', '--adapter', 'memory,sqlite', '--scenario', 'throughput'],
    ...TINY,
  ]);
  expect(stderr).not.toMatch(/\n\s+at /);
  expect(code).toBe(0);
  const files = place.files();
  expect(files).toEqual([expect.stringMatching(/^results\/[\dTZ-]+-\w+\.json$/)]);
  const [file = ''] = files;
  expect(stdout).toContain(file);
  expect(stdout).toMatch(/^ {2}sqlite .*at-least-once$/m);
  expect(stdout).toMatch(/^ {2}memory .*at-most-once$/m);
  const result = await readResult(join(place.cwd, file));
  expect(result.run.status).toBe('complete');
  expect(result.cells.map(({ adapter, status }) => `${adapter.label}: ${status}`)).toEqual([
    'memory: ok',
    'sqlite: ok',
  ]);
  for (const { summary, trials } of result.cells) {
    expect(summary.pipeline_rate?.median).toBeGreaterThan(0);
    expect(trials[0]?.ledger).toMatchObject({ lost: 0, duplicated: 0, unexpected: 0, rejected: 0 });
  }
});

test('--json prints one document and no table; progress goes to stderr, and nowhere with --quiet', LIMIT, async () => {
  await using place = newPlace();
  const loud = await place.run([...place.quick(), '--json', '--out', 'a.json']);
  const document: unknown = JSON.parse(loud.stdout);
  expect(ResultSchema.safeParse(document).success).toBe(true);
  expect(document).toEqual(JSON.parse(readFileSync(join(place.cwd, 'a.json'), 'utf8')));
  expect(loud.stderr).toContain('operations on quick, trial 1 of 1');
  const quiet = await place.run([...place.quick(), '--quiet', '--out', 'b.json']);
  expect(quiet).toMatchObject({ code: 0, stderr: '' });
  expect(quiet.stdout).toContain('b.json');
});

test('--dry-run shows the plan and creates nothing', LIMIT, async () => {
  await using place = newPlace();
  const { code, stdout } = await place.run(['run', '--adapter', 'memory,sqlite', '--out', 'there/r.json', '--dry-run']);
  expect(code).toBe(0);
  expect(stdout).toContain('throughput sqlite');
  expect(place.files()).toEqual([]);
});

test('a folder for results that is not there is made', LIMIT, async () => {
  await using place = newPlace();
  const { code } = await place.run([...place.quick(), '--out', 'new/folder/r.json', '--quiet']);
  expect(code).toBe(0);
  expect(place.files()).toEqual(['new/folder/r.json']);
});

test('an output place that cannot be written is told before anything is measured', LIMIT, async () => {
  await using place = newPlace();
  place.write('file', 'not a folder');
  const { code, stdout, stderr } = await place.run([...place.quick(), '--out', 'file/r.json']);
  expect(code).toBe(2);
  expect(stderr).toMatch(/file\/r\.json/);
  expect(stderr).toContain('--out');
  expect(stdout + stderr).not.toMatch(/measuring|trial|\n\s+at /);
  expect(place.files()).toEqual(['file']);
});

test('flags beat the environment, which beats the configuration file', LIMIT, async () => {
  await using place = newPlace();
  place.quick();
  place.write(
    'jobbench.config.json',
    JSON.stringify({
      adapter: ['./quick.mjs'],
      scenario: 'operations',
      warmup: '100ms',
      duration: '100ms',
      seed: 11,
      trials: 4,
    }),
  );
  const env = { JOBBENCH_SEED: '12', JOBBENCH_TRIALS: '3', JOBBENCH_OUT: 'env.json' };
  const { code } = await place.run(['run', '--trials', '1', '--quiet'], { env });
  expect(code).toBe(0);
  const result = await readResult(join(place.cwd, 'env.json'));
  expect(result.run.seed).toBe(12);
  expect(result.cells.map(({ id, trials }) => `${id} x ${trials.length}`)).toEqual([
    expect.stringMatching(/^operations\S* quick x 1$/),
  ]);
});

test('two runs at once are marked in both results, also a short one inside a long one', LIMIT, async () => {
  await using place = newPlace();
  const outer = place.start([...place.quick(), '--trials', '8', '--out', 'outer.json']);
  await outer.says(/trial 1 of 8/);
  const inner = place.start([...place.quick(), '--out', 'inner.json', '--quiet']);
  expect(await inner.ended).toMatchObject({ code: 0 });
  expect(outer.child.exitCode).toBeNull();
  expect(await outer.ended).toMatchObject({ code: 0 });
  await place.tidy();
  expect(outer.stderr()).toContain('another jobbench run is active on this machine');
  for (const name of ['outer.json', 'inner.json']) {
    const { warnings } = await readResult(join(place.cwd, name));
    expect(warnings).toContainEqual(expect.objectContaining({ code: 'concurrent-run' }));
  }
});

test('a reader that closes stdout early does no harm', LIMIT, async () => {
  await using place = newPlace();
  const running = place.start([...place.quick(), '--json', '--out', 'r.json']);
  // The reader is gone before the document, which is larger than a pipe holds, is written.
  running.child.stdout?.destroy();
  const { code, stderr } = await running.ended;
  await place.tidy();
  expect(stderr).not.toMatch(/EPIPE|\n\s+at /);
  expect(code).toBe(0);
  expect((await readResult(join(place.cwd, 'r.json'))).run.status).toBe('complete');
});
