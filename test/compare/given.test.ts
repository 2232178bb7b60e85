/** What the verdict line and `Next:` need to know of two arms besides their rows. */
import { describe, expect, it } from 'vitest';
import { compareArms } from '../../src/compare/arms.js';
import { compareFiles } from '../../src/compare/comparison.js';
import type { RowOptions } from '../../src/compare/rows.js';
import { around, cellOf, runOf } from '../fixtures/runs.js';

const ARMS = { base: 'old', head: 'new' };
const OPTIONS: RowOptions = { floorOf: () => undefined };
const cell = (label: string, phase = 0) =>
  cellOf(`throughput ${label}`, { drain_rate: around(1000, 12, phase), total_p50: [], total_p99: [], total_max: [] });

describe('metrics that gate by default, without a number on either side', () => {
  it('are counted by ab', () =>
    expect(compareArms(runOf('one', [cell('old'), cell('new', 1)]), ARMS, OPTIONS, 1).unjudged).toBe(2));
  it('are counted by compare', () => {
    const named = (id: string, phase: number) => ({ label: id, source: id, file: runOf(id, [cell('old', phase)]) });
    expect(compareFiles(named('one', 0), named('two', 1), OPTIONS).comparison.unjudged).toBe(2);
  });
  it('are not spoken of where there are none', () => {
    const full = ['old', 'new'].map((label, phase) =>
      cellOf(`throughput ${label}`, { drain_rate: around(9, 12, phase) }),
    );
    expect(compareArms(runOf('one', full), ARMS, OPTIONS, 1)).not.toHaveProperty('unjudged');
  });
});

describe('an arm is named as it was given', () => {
  it.each([
    [['ab', '--a', './base/x.js', '--b', './head/x.js'], './base/x.js', './head/x.js'],
    [['ab', '--a=./base/x.js', '--b=redis'], './base/x.js', 'redis'],
    [['ab', '--aa', '--a', './x.js'], './x.js', './x.js'],
    [['ab', '--aa', '--b=./x.js'], './x.js', './x.js'],
    [['ab'], 'old', 'new'],
  ])('%j', (command, a, b) => {
    const file = runOf('one', [cell('old'), cell('new', 1)], (each) => Object.assign(each.run, { command }));
    const { base, head } = compareArms(file, ARMS, OPTIONS, 1);
    expect([base.source, head.source, base.label, head.label]).toEqual([a, b, 'old', 'new']);
  });
});
