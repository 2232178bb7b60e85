import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ab } from '../../src/cli/ab.js';
import { addAbOptions } from '../../src/cli/aboptions.js';
import type { Io } from '../../src/cli/io.js';
import type { Use } from '../../src/cli/keeping.js';
import type { History } from '../../src/core/history.js';
import type { Cell, Trial } from '../../src/core/result.js';
import { around, cellOf, runOf } from '../fixtures/runs.js';

/* What `ab` makes of what was measured, the measuring replaced: looks, exit codes, history, exports. */

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'jobbench-ab-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

interface Arms {
  /** Slowdown of the second arm, and how far its trials scatter. */
  readonly slower?: number;
  readonly noise?: number;
  readonly change?: (head: Cell) => unknown;
}

/** Both arms of `ab --a memory --b threads`, with so many blocks. */
function cells(
  labels: readonly string[],
  blocks: number,
  { slower = 0, noise = 0, change = () => undefined }: Arms,
): Cell[] {
  const labelled = (cell: Cell, label = '') => {
    cell.id = `throughput ${label}`;
    cell.adapter.label = label;
    return cell;
  };
  const scattered = around(1000 / (1 + slower), blocks, 1).map((value, i) => value * (1 + noise * Math.sin(9 * i)));
  return [
    labelled(cellOf('throughput memory', { drain_rate: around(1000, blocks) }), labels[0]),
    labelled(cellOf('throughput memory', { drain_rate: scattered }, change), labels[1]),
  ];
}

async function judged(arms: Arms, options: readonly string[] = []) {
  const printed = { stdout: '', stderr: '' };
  const seen = { looks: [] as boolean[], contest: '', trials: [] as number[] };
  const measure: NonNullable<Use['measure']> = async (request, _observer, _sink, _signal, second) => {
    seen.contest = request.contest ?? '';
    seen.trials.push(request.trials, second?.trials ?? 0);
    const labels = request.contestants.map(({ label }) => label);
    const wanted = second?.wanted(cells(labels, request.trials, arms)) ?? false;
    seen.looks.push(wanted);
    return runOf(request.id, cells(labels, wanted ? (second?.trials ?? 0) : request.trials, arms));
  };
  const output = (name: keyof typeof printed) => ({
    write(text: string) {
      printed[name] += text;
    },
    isTTY: false,
    columns: undefined,
  });
  const io: Io = {
    stdout: output('stdout'),
    stderr: output('stderr'),
    env: {},
    cwd: dir,
    onSignal: () => () => undefined,
    exit: (code) => {
      throw new Error(`ended with ${code}`);
    },
  };
  const argv = ['--a', 'memory', '--b', 'threads', '--out', join(dir, 'r.json'), '--json', ...options];
  const command = addAbOptions(new Command('ab')).exitOverride();
  command.parse(argv, { from: 'user' });
  let error = '';
  const code = await ab(command, ['ab', ...argv], io, measure).catch((thrown: Error) => {
    error = thrown.message;
    return 2;
  });
  const document = printed.stdout === '' ? undefined : JSON.parse(printed.stdout);
  return { code, document, error, ...printed, ...seen };
}

const inBlocks = (blocks: readonly number[], change: (trial: Trial) => unknown) => (cell: Cell) => {
  for (const trial of cell.trials) if (blocks.includes(trial.block)) change(trial);
};

describe('looks', () => {
  it.each<[string, Arms, boolean, number, string]>([
    ['a regression is clear at the first', { slower: 0.5 }, false, 99, 'regression'],
    ['so is a pass', {}, false, 0, 'pass'],
    [
      'what the first cannot tell is looked at once more, with as many blocks again',
      { noise: 0.3 },
      true,
      5,
      'inconclusive',
    ],
  ])('%s', async (_, arms, second, code, verdict) => {
    const seen = await judged(arms);
    expect([seen.code, seen.document.verdict, seen.looks]).toEqual([code, verdict, [second]]);
    expect(seen.document.blocks).toMatchObject({ measured: second ? 24 : 12, looks: second ? 2 : 1 });
    expect([seen.contest, seen.trials]).toEqual(['arms', [12, 24]]);
  });
});

describe('the exit code', () => {
  it('of an arm that lost jobs is 4, and no verdict passes', async () => {
    const lost = (cell: Cell) => Object.assign(cell, { status: 'invalid', reason: 'lost 3 of 100 accepted jobs' });
    const seen = await judged({ change: lost });
    expect([seen.code, seen.document.verdict]).toEqual([4, 'broken']);
  });

  it('of a backend that was lost is 3', async () => {
    const gone = { status: 'failed', error: { code: 'ENVIRONMENT', message: 'it is gone' } };
    expect((await judged({ change: (cell) => Object.assign(cell, gone) })).code).toBe(3);
  });

  it.each([
    [3, 0],
    [4, 4],
  ])('with %i of 12 blocks disturbed is %i', async (disturbed, code) => {
    const blocks = Array.from({ length: disturbed }, (_, block) => block);
    const aside = inBlocks(blocks, (trial) => Object.assign(trial, { setAside: 'the clock was stepped' }));
    const seen = await judged({ change: aside });
    expect(seen.code).toBe(code);
    expect(seen.document.blocks.dropped).toBe(disturbed);
  });

  it('of a metric that was named and has no number anywhere is 2, and nothing is printed', async () => {
    const none = inBlocks(
      Array.from({ length: 24 }, (_, block) => block),
      (trial) => Object.assign(trial, { values: {} }),
    );
    const seen = await judged({ change: none }, ['--metric', 'pipeline_rate']);
    expect([seen.code, seen.stdout]).toEqual([2, '']);
  });
});

describe('--aa', () => {
  it('adds to the history beside the result, and never looks twice', async () => {
    const first = await judged({}, ['--aa', '--b', 'memory']);
    const second = await judged({}, ['--aa', '--b', 'memory']);
    expect([first.code, second.code, first.looks]).toEqual([0, 0, [false]]);
    const history = JSON.parse(readFileSync(join(dir, 'history.json'), 'utf8')) as History;
    expect(new Set(history.entries.map(({ run }) => run)).size).toBe(2);
    expect(history.entries[0]).toMatchObject({ scenario: 'throughput', metric: 'drain_rate', trials: 12 });
    expect(second.stderr).toContain('2 A/A runs of this machine');
  });
});

it('an export that cannot be written is refused before anything is measured', async () => {
  const nowhere = await judged({}, ['--export', 'junit=/proc/nope/x.xml']);
  expect([nowhere.code, nowhere.looks]).toEqual([2, []]);
  expect(nowhere.error).toContain('--export junit=/proc/nope/x.xml');
});
