/** R10: a gate that names a metric which is not there must not pass: exit 2, whatever else the files say. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Cell } from '../../src/core/result.js';
import { jobbench } from '../cli/program.js';
import { around, cellOf, runOf } from '../fixtures/runs.js';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'jobbench-missing-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const whole = cellOf('latency sqlite', { total_p50: around(1), total_p99: around(5) });
const without = cellOf('latency sqlite', { total_p50: around(1) });
const refused = cellOf('latency sqlite', { total_p50: around(1), total_p99: [] }, (cell) =>
  Object.assign(cell, { refused: { total_p99: 'UNSTABLE (backlog +12 jobs/s)' } }),
);
const other = cellOf('latency redis', { total_p50: around(1), total_p99: around(5) });

it.each<[string, Cell[], Cell[], RegExp]>([
  [
    'in no file',
    [without],
    [without],
    /base\.json has no metric "total_p99"; did you mean total_p50\? Metrics: total_p50/,
  ],
  ['in the base only', [whole], [without], /head\.json has no metric "total_p99"/],
  ['in the head only', [without], [whole], /base\.json has no metric "total_p99"/],
  ['without a number on one side', [whole], [refused], /head\.json has no total_p99: UNSTABLE/],
  ['without a number on both', [refused], [refused], /--metric total_p99: no cell has a number for it on both sides/],
  ['in cells that do not meet', [whole], [other], /does not have this cell/],
])('a named metric is %s', async (_, base, head, sentence) => {
  writeFileSync(join(dir, 'base.json'), JSON.stringify(runOf('one', base)));
  writeFileSync(join(dir, 'head.json'), JSON.stringify(runOf('two', head)));
  const { code, stdout, stderr } = await jobbench(['compare', 'base.json', 'head.json', '--metric', 'total_p99'], dir);
  expect(stdout + stderr).toMatch(sentence);
  expect(code).toBe(2);
});

it('and where it is there, the gate decides', async () => {
  const nudged = structuredClone(whole);
  for (const trial of nudged.trials)
    for (const [metric, value] of Object.entries(trial.values)) trial.values[metric] = value * 1.0001;
  writeFileSync(join(dir, 'base.json'), JSON.stringify(runOf('one', [whole])));
  writeFileSync(join(dir, 'head.json'), JSON.stringify(runOf('one', [nudged])));
  const { code } = await jobbench(['compare', 'base.json', 'head.json', '--metric', 'total_p99'], dir);
  expect(code).toBe(0);
});

it('a run beside itself passes no gate: a script that mixes up two names must not be green', async () => {
  writeFileSync(join(dir, 'base.json'), JSON.stringify(runOf('one', [whole])));
  const { code, stderr } = await jobbench(['compare', 'base.json', 'base.json', '--fail-on', 'never'], dir);
  expect([code, stderr]).toEqual([2, expect.stringContaining('hold the same trials')]);
});
