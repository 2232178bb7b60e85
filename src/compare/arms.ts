import { timesText } from '../core/change.js';
import type { Comparison, Judged, Side } from '../core/comparison.js';
import type { Cell, ResultFile } from '../core/result.js';
import { meansOf } from './comparison.js';
import { canonical } from './fields.js';
import { gather, gathered, gatherNotes, unjudgedOf } from './gather.js';
import { adapterOf, cellsOf, isBroken, type Named, troubleOf } from './join.js';
import { judge, worstVerdict } from './judge.js';
import { missingCell, type RowOptions, rowsOf, type Subject } from './rows.js';
import type { Look } from './rule.js';
import { percentText, thresholdText } from './threshold.js';
import { promiseOf } from './unlike.js';
import { MOST_DROPPED } from './values.js';

/** Which contestant of a run is which arm, by its label. */
export interface Arms {
  readonly base: string;
  readonly head: string;
}

/**
 * The gate: two arms that were measured block by block. A block of which either trial was disturbed from outside is left
 * out, whatever its numbers say; none is left out for its numbers. A pair that had too few samples for a metric is left out
 * of that metric alone.
 * @throws JobbenchError USAGE when a file holds a cell or a block twice
 */
export function compareArms(file: ResultFile, arms: Arms, options: RowOptions, look: Look): Comparison {
  const named: Named = { label: 'this run', source: file.run.id, file };
  const cells = [...cellsOf(named).values()];
  const rows = gathered();
  const left: Left = { measured: 0, dropped: 0, reasons: new Set() };
  let unlike = '';
  const ofArm = (label: string) => cells.filter((cell) => cell.adapter.label === label);
  for (const stray of ofArm(arms.head).filter((head) => !ofArm(arms.base).some((base) => asks(base) === asks(head)))) {
    const why = `${arms.base} does not have this cell`;
    rows.missing.push(...missingCell(stray, subjectOf(stray, arms.head, arms), options, why));
  }
  for (const base of ofArm(arms.base)) {
    const head = ofArm(arms.head).find((cell) => asks(cell) === asks(base));
    const subject = subjectOf(base, arms.base, arms);
    const why = troubleOf(arms.base, base) ?? troubleOf(arms.head, head);
    if (head === undefined || why !== undefined) {
      const trouble = isBroken(base) || (head !== undefined && isBroken(head)) ? 'broken' : 'missing';
      rows.missing.push(...missingCell(base, subject, options, why ?? `${arms.head} does not have this cell`, trouble));
      continue;
    }
    if (canonical(promiseOf(base)) !== canonical(promiseOf(head))) unlike = unlikeNote(arms, base, head);
    const pair = undisturbed(base, head, left);
    if (pair === undefined) {
      rows.missing.push(...missingCell(base, subject, options, 'too many blocks were disturbed from outside'));
      continue;
    }
    gather(rows, rowsOf(pair, options.metrics ?? metricsOf(base, head), subject, { ...options, gaps: 'left out' }));
  }
  const judged = [...judge(rows.samples, look), ...rows.missing];
  const looks = look === 2 ? 2 : 1;
  return {
    kind: 'ab',
    base: sideOf(arms.base, '--a', file),
    head: sideOf(arms.head, '--b', file),
    rows: judged,
    verdict: worstVerdict(judged),
    threshold: thresholdText(options.threshold),
    means: meansOf(judged),
    blocks: { measured: left.measured, dropped: left.dropped, looks, reasons: [...left.reasons].slice(0, 3) },
    notes: [...sightNotes(judged), ...(unlike === '' ? [] : [unlike]), ...gatherNotes(rows)],
    differences: [],
    ...unjudgedOf(rows),
  };
}

function subjectOf(cell: Cell, label: string, { base, head }: Arms): Subject {
  return {
    cell: nameOf(cell, label),
    scenario: cell.scenario.name,
    adapter: adapterOf(cell),
    pairing: 'interleaved',
    names: [base, head],
  };
}

/** Of two versions of one adapter whatever either has: one that it no longer has is missing. Of two adapters what both have. */
function metricsOf(base: Cell, head: Cell): string[] {
  const [ours, theirs] = [Object.keys(base.metrics), Object.keys(head.metrics)];
  if (base.adapter.name === head.adapter.name) return [...new Set([...ours, ...theirs])];
  return ours.filter((metric) => theirs.includes(metric));
}

/** Whether so much had to be left out that the comparison cannot stand. */
export function isDisturbed({ blocks }: Comparison): boolean {
  return blocks !== undefined && blocks.dropped > MOST_DROPPED * blocks.measured;
}

interface Left {
  /** Of the cell that has most. */
  measured: number;
  dropped: number;
  readonly reasons: Set<string>;
}

/** Both cells without the blocks that were disturbed; undefined when those are too many. */
function undisturbed(base: Cell, head: Cell, left: Left): [Cell, Cell] | undefined {
  const bad = new Map<number, string>();
  for (const trial of [...base.trials, ...head.trials]) {
    if (trial.setAside !== undefined) bad.set(trial.block, trial.setAside);
  }
  const blocks = new Set([...base.trials, ...head.trials].map(({ block }) => block)).size;
  left.measured = Math.max(left.measured, blocks);
  left.dropped = Math.max(left.dropped, bad.size);
  for (const reason of bad.values()) left.reasons.add(reason);
  if (bad.size > MOST_DROPPED * blocks) return undefined;
  const kept = (cell: Cell): Cell => ({ ...cell, trials: cell.trials.filter(({ block }) => !bad.has(block)) });
  return [kept(base), kept(head)];
}

function asks({ scenario }: Cell): string {
  return canonical([scenario.name, scenario.params]);
}

/** The id of a cell ends in its adapter, which is what differs between arms. */
function nameOf({ id }: Cell, label: string): string {
  const tail = ` ${label}`;
  return id.endsWith(tail) ? id.slice(0, -tail.length) : id;
}

/** "with 12 blocks this machine can see a change of 3.1% in drain_rate": what a pass is worth. */
function sightNotes(rows: readonly Judged[]): string[] {
  const seen = rows.filter(({ samples, detectable }) => samples.gated && detectable !== undefined);
  if (seen.length === 0) return [];
  const blocks = Math.min(...seen.map(({ samples }) => samples.base.length));
  const cells = [...new Set(seen.map(({ samples }) => samples.cell))];
  const shown = seen.slice(0, MOST_SEEN);
  const each = cells.flatMap((cell) => {
    const sizes = shown.filter(({ samples }) => samples.cell === cell).map(sightOf);
    // One cell needs no name: every row above has it.
    return sizes.length === 0 ? [] : [`${sizes.join(', ')}${cells.length > 1 ? ` of ${cell}` : ''}`];
  });
  const more = seen.length > MOST_SEEN ? ` and ${seen.length - MOST_SEEN} more` : '';
  return [`with ${blocks} blocks this machine can see a change of ${each.join('; ')}${more}`];
}

function sightOf({ samples, detectable = 0 }: Judged): string {
  return `${timesText(detectable) ?? percentText(Math.round(detectable * 1000) / 1000)} in ${samples.metric}`;
}

const MOST_SEEN = 6;

function unlikeNote({ base, head }: Arms, ours: Cell, theirs: Cell): string {
  const said = (cell: Cell) => Object.values(promiseOf(cell)).join(', ');
  return `the arms promise different things (${base}: ${said(ours)}; ${head}: ${said(theirs)}): the change is the price of that`;
}

function sideOf(label: string, option: '--a' | '--b', { run }: ResultFile): Side {
  return { label, source: givenBy(run.command, option) ?? label, startedAt: run.startedAt };
}

/** The arm as it was given: a file is called by its name alone, and not found again by that. */
function givenBy(command: readonly string[] = [], option: '--a' | '--b'): string | undefined {
  // With --aa one of them stands for both.
  const options = command.includes('--aa') ? ['--a', '--b'] : [option];
  return options.map((name) => optionOf(name, command)).find((value) => value !== undefined);
}

function optionOf(option: string, command: readonly string[]): string | undefined {
  const at = command.indexOf(option);
  if (at >= 0) return command[at + 1];
  return command.find((argument) => argument.startsWith(`${option}=`))?.slice(option.length + 1);
}
