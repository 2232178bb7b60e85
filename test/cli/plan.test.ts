import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { jobbench } from './program.js';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'jobbench-plan-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const run = (line: string) => jobbench(line.split(' '), dir);

describe('the plan of ab', () => {
  it('says how long the second look makes it', async () => {
    const { stdout } = await run('ab --a memory --b memory --blocks 10 --dry-run');
    expect(stdout).toMatch(
      /20 trials in random order, .*\nIt takes about \d+ \w+ for 10 blocks; up to 20 blocks where they cannot tell, at most about \d+ \w+\. Nothing/,
    );
    const plan = JSON.parse((await run('ab --a memory --b memory --blocks 10 --dry-run --json')).stdout);
    expect(plan).toMatchObject({ trials: 20, secondLook: { trials: 40 } });
    expect(plan.secondLook.estimateMs).toBeGreaterThan(plan.estimateMs);
    expect(readdirSync(dir)).toEqual([]);
  });
  it('has one look with --aa', async () => {
    const { stdout } = await run('ab --aa --a memory --dry-run');
    expect(stdout).toMatch(/\nIt takes about \d+ \w+\. Nothing/);
  });
});

describe('cells that share processes', () => {
  it('are said to, so that the number of trials can be followed', async () => {
    const { stdout } = await run('run --adapter memory --scenario contention --trials 3 --dry-run');
    const [, cells, groups] = /measured together: these (\d+) are (\d+) trials? a block\.\n/.exec(stdout) ?? [];
    expect(Number(groups)).toBeLessThan(Number(cells));
    expect(stdout).toContain(
      `\n${3 * Number(groups)} trials in random order, each in processes of its own, for ${cells} of ${cells} cells: at most 3 for each.`,
    );
  });
  it('one trial of one cell is no plural', async () => {
    const { stdout } = await run('run --adapter memory --scenario throughput --trials 1 --dry-run');
    expect(stdout).toContain(
      '\n1 trial in random order, each in processes of its own, for 1 of 1 cell: at most 1 for each.',
    );
  });
  it('are not spoken of where there are none', async () => {
    const { stdout } = await run('run --adapter memory --scenario throughput --trials 3 --dry-run');
    expect(stdout).not.toContain('together');
  });
});

describe('a threshold that is empty', () => {
  it.each(['ab --a memory --b memory', 'compare a.json b.json'])('is refused by %s', async (line) => {
    const { code, stdout, stderr } = await jobbench([...line.split(' '), '--threshold', ''], dir);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^jobbench: option '--threshold <percent>' argument '' is invalid\. It is empty: leave/);
  });
});
