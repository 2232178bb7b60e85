import { timesText } from '../../core/change.js';
import type { Comparison, Judged, Verdict } from '../../core/comparison.js';
import { sparkline } from '../blocks.js';
import { groupBy } from '../group.js';
import { bare, unitHead } from '../numbers.js';
import { safe } from './safe.js';

/** A judged row in words and digits, harmless for a terminal: what tables of every format are made of. */
export interface View {
  readonly row: Judged;
  readonly metric: string;
  readonly base: string;
  readonly head: string;
  /** `11.1 % worse`, `153x worse`; `~` where nothing can be said. */
  readonly change: string;
  /** 95 % interval of the change for the worse: `[8.0% 14.2%]`, `[-45.3% 2.1x]`; below 0 it is better by that much. */
  readonly interval: string;
  readonly p: string;
  /** Blocks, or trials of either side. */
  readonly n: string;
  readonly verdict: string;
  /** Trials in their order as blocks: head by base of each block, or those of base, a bar, and those of head. */
  readonly trials: string;
}

/** Rows of one cell. */
export interface CellView {
  readonly cell: string;
  readonly rows: readonly View[];
}

/** Scenarios in the order of their first rows, with the cells of each. */
export function viewsOf({ rows }: Comparison): { readonly scenario: string; readonly cells: readonly CellView[] }[] {
  const scenarios = groupBy(rows, ({ samples }) => scenarioOf(samples.cell));
  return [...scenarios].map(([scenario, group]) => ({
    scenario: safe(scenario, 60),
    cells: [...groupBy(group, ({ samples }) => samples.cell)].map(([cell, members]) => ({
      cell: safe(withoutScenario(cell, scenario), 120),
      rows: members.map(viewOf),
    })),
  }));
}

/** The id of a cell begins with its scenario: `latency/rate=200 sqlite`. */
export function scenarioOf(cell: string): string {
  return /^[^/ ]+/.exec(cell)?.[0] ?? cell;
}

function withoutScenario(cell: string, scenario: string): string {
  const rest = cell.slice(scenario.length).replace(/^[/ ]/, '');
  return rest === '' ? cell : rest;
}

function viewOf(row: Judged): View {
  const { samples, effect } = row;
  const { unit } = samples;
  return {
    row,
    metric: [samples.metric === '*' ? 'every metric' : safe(samples.metric, 60), unitHead(unit)].join(' ').trim(),
    base: row.base === undefined ? '-' : bare(row.base.median, unit),
    head: row.head === undefined ? '-' : bare(row.head.median, unit),
    change: isTold(row) && effect !== undefined ? changeText(effect.slowdown) : row.verdict === 'missing' ? '' : '~',
    interval: effect === undefined ? '' : `[${limit(effect.low95)} ${limit(effect.high95)}]`,
    p: pText(row.adjustedP ?? row.p),
    n: countText(row),
    trials: trialsText(row),
    verdict: samples.gated ? verdictWord(row.verdict) : `(${row.verdict})`,
  };
}

/** Verdicts that claim a change. Of all others only the interval is shown. */
function isTold({ verdict }: Judged): boolean {
  return verdict === 'regression' || verdict === 'small' || verdict === 'improvement' || verdict === 'differs';
}

/**
 * `11.1 % worse`, from 100 % on `153x worse`; for the better as it looks from the other side: what doubled is 2.0x
 * better, as what halved is 2.0x worse.
 */
export function changeText(slowdown: number): string {
  const size = sizeOf(slowdown);
  return `${timesText(size) ?? `${(size * 100).toFixed(1)} %`} ${slowdown < 0 ? 'better' : 'worse'}`;
}

/** An end of an interval as the sentence has it: 45.3 % better is -45.3%. */
function limit(slowdown: number): string {
  const size = sizeOf(slowdown);
  if (!Number.isFinite(size)) return slowdown < 0 ? '-any' : 'any';
  const text = timesText(size) ?? `${(size * 100).toFixed(1)}%`;
  return slowdown < 0 && text !== '0.0%' ? `-${text}` : text;
}

/** How much better or worse, as it looks from the side that is ahead. */
function sizeOf(slowdown: number): number {
  return slowdown < 0 ? 1 / (1 + slowdown) - 1 : slowdown;
}

export function pText(p: number | undefined): string {
  if (p === undefined) return '';
  return p < 0.001 ? '<.001' : p.toFixed(3).replace(/^0/, '');
}

function countText({ samples, verdict }: Judged): string {
  const { base, head, pairing } = samples;
  if (verdict === 'missing') return '';
  return pairing === 'interleaved' ? `${base.length}` : `${base.length}+${head.length}`;
}

const MOST_TRIALS = 8;
/** Fewer have no course that could be seen. */
const COURSE = 4;

function trialsText({ samples: { base, head, pairing } }: Judged): string {
  if (Math.min(base.length, head.length) < COURSE) return '';
  if (pairing === 'interleaved') {
    return sparkline(
      head.map((value, at) => value / (base[at] ?? Number.NaN)),
      MOST_TRIALS,
    );
  }
  // One scale for both sides, each half of what there is room for.
  const all = [...sides(base), ...sides(head)];
  const line = sparkline(all, all.length);
  return `${line.slice(0, sides(base).length)}│${line.slice(sides(base).length)}`;
}

function sides(values: readonly number[]): readonly number[] {
  return values.slice(0, MOST_TRIALS / 2);
}

/** What must not be overlooked where it decides is written in capitals: colour is not there for everybody. */
export function verdictWord(verdict: Verdict): string {
  return verdict === 'regression' || verdict === 'missing' ? verdict.toUpperCase() : verdict;
}
