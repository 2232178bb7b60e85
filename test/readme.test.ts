import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { readResult } from '../src/store/read.js';
import { blocks, cwd, lines, shell } from './support/readme.js';

/** The least that a run takes. */
const TINY = '--trials 1 --warmup 100ms --duration 200ms';
/** Of the recovery scenario: each kill is waited for until its lease has lapsed. */
const ONE_KILL = '-P kills=1';
/** More trials than this would make the test long: such a command is only planned. */
const MOST_TRIALS = 2;
/** What a busy machine does to a phase of 0.2 s, and what is missing on it: neither is a fault of the command. */
const HURRIED = /^skipped: |^invalid: (UNSTABLE|the rate was not held|.* cannot be counted: DISTURBED)/;

describe('commands of README', () => {
  it('are there', () => expect(lines.length).toBeGreaterThan(5));

  // Most of the time of each is waiting: for processes to start, and for phases to end.
  test.concurrent.each(lines)('%s', { timeout: 120_000 }, async (line) => {
    const least = line.includes('--scenario recovery') ? `${TINY} ${ONE_KILL}` : TINY;
    const planned = await shell(line, `--dry-run --json ${least}`);
    expect(planned).toMatchObject({ code: 0 });
    const plan = JSON.parse(planned.stdout) as { trials: number; cells: { status: string }[] };
    expect(plan.cells.length).toBeGreaterThan(0);
    const runs = plan.trials > 0 && plan.trials <= MOST_TRIALS && !line.includes('--dry-run');
    if (!runs) return;
    const { code, stderr, cells } = await ran(line, least);
    const trouble = cells.filter(({ status, reason = '' }) => status !== 'ok' && !HURRIED.test(`${status}: ${reason}`));
    expect(trouble.map(({ id, status, reason, error }) => ({ id, status, reason, error }))).toEqual([]);
    expect(`${code}: ${stderr}`).toMatch(cells.every(({ status }) => status === 'ok') ? /^0: / : /^[04]: /);
  });
});

describe('the adapter of README', () => {
  it('works: every job is done once, none early', { timeout: 60_000 }, async () => {
    const [block = ''] = blocks('js');
    writeFileSync(join(cwd, 'mine.js'), block);
    const out = join(cwd, 'mine.json');
    const line = `jobbench run --adapter ./mine.js --scenario throughput,scheduled --workers 2 --out ${out}`;
    expect(await shell(line, TINY)).toMatchObject({ code: 0 });
    const { cells } = await readResult(out);
    expect(cells.map(({ status }) => status)).toEqual(['ok', 'ok']);
    for (const { ledger } of cells.flatMap(({ trials }) => trials)) {
      expect(ledger.completed).toBeGreaterThan(10);
      expect(ledger).toMatchObject({ completed: ledger.planned, lost: 0, duplicated: 0, early: 0, failed: 0 });
    }
  });
});

async function ran(line: string, added: string) {
  const out = join(cwd, `result-${lines.indexOf(line)}.json`);
  const { code, stderr } = await shell(line, `${added} --out ${out}`);
  return { code, stderr, cells: (await readResult(out)).cells };
}
