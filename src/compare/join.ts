import type { Judged, Refusal, Samples } from '../core/comparison.js';
import { JobbenchError } from '../core/errors.js';
import type { Cell, ResultFile } from '../core/result.js';
import { type CellPair, canonical, type Difference } from './fields.js';
import { type Gathered, gather, gathered, gatherNotes, listNote, unjudgedOf } from './gather.js';
import { unknownOptions } from './options.js';
import { missingCell, type RowOptions, rowsOf, type Subject } from './rows.js';
import { differences, unlike, unlikeTimes } from './unlike.js';

/** A result file and what its reader calls it. */
export interface Named {
  readonly label: string;
  /** Where it was read from. */
  readonly source: string;
  readonly file: ResultFile;
}

/** Two sides laid beside each other, before anything is judged. */
export interface Joined {
  readonly samples: readonly Samples[];
  /** What one side lacks: these rows never pass. */
  readonly missing: readonly Judged[];
  /** With any of these, nothing may be compared. */
  readonly refusals: readonly Refusal[];
  readonly differences: readonly Difference[];
  readonly notes: readonly string[];
  /** Metrics that would have gated, and have no number on either side; absent when there are none. */
  readonly unjudged?: number;
}

/**
 * Joins two files on cell and metric. Trials of one and the same run are paired by their blocks; those of different
 * runs are not, because the machine was another one by then.
 * @throws JobbenchError USAGE when a file holds a cell twice
 */
export function joinFiles(base: Named, head: Named, options: RowOptions): Joined {
  const same = sameRun(base.file, head.file);
  const [ours, theirs] = [cellsOf(base), cellsOf(head)];
  const pairs = [...ours].flatMap(([id, cell]): CellPair[] => {
    const other = theirs.get(id);
    return other === undefined ? [] : [[cell, other]];
  });
  const rows = gathered();
  for (const id of new Set([...ours.keys(), ...theirs.keys()])) {
    const [a, b] = [ours.get(id), theirs.get(id)];
    const subject: Subject = {
      cell: id,
      scenario: (a ?? b)?.scenario.name ?? '',
      adapter: adapterOf(a ?? b),
      pairing: same ? 'interleaved' : 'apart',
      names: [base.label, head.label],
    };
    joinCells(rows, a, b, subject, options);
  }
  return {
    samples: rows.samples,
    missing: rows.missing,
    refusals: [...unlikeTimes(base.file, head.file), ...pairs.flatMap(unlike)],
    differences: differences(base.file, head.file, pairs),
    notes: [
      ...sameRunNote(base, head, same),
      ...listNote(UNKNOWN, unknownOptions(pairs, [base.label, head.label])),
      ...gatherNotes(rows),
    ],
    ...unjudgedOf(rows),
  };
}

const UNKNOWN = 'compared, although one side does not know an option that the other left at its default: ';

function joinCells(
  rows: Gathered,
  base: Cell | undefined,
  head: Cell | undefined,
  subject: Subject,
  options: RowOptions,
): void {
  const [ours, theirs] = subject.names;
  const whyNot = [troubleOf(ours, base), troubleOf(theirs, head)].filter((why) => why !== undefined).join('; ');
  if (base?.status === 'ok' && head?.status === 'ok') {
    const metrics = options.metrics ?? [...new Set([...Object.keys(base.metrics), ...Object.keys(head.metrics)])];
    gather(rows, rowsOf([base, head], metrics, subject, options));
  } else if (base?.status === 'ok') rows.missing.push(...missingCell(base, subject, options, whyNot, wordFor(head)));
  else if (head?.status === 'ok') rows.missing.push(...missingCell(head, subject, options, whyNot, wordFor(base)));
  else if (base !== undefined && head !== undefined && isBroken(base) && isBroken(head))
    rows.missing.push(...missingCell(base, subject, options, whyNot, 'broken'));
  else rows.absent.push(`${subject.cell} (${whyNot})`);
}

/** One run: not only its id, which is short, but also its beginning. */
export function sameRun(base: ResultFile, head: ResultFile): boolean {
  return base.run.id === head.run.id && base.run.startedAt === head.run.startedAt;
}

/** @throws JobbenchError USAGE when a cell is there twice */
export function cellsOf({ label, file }: Named): Map<string, Cell> {
  const cells = new Map<string, Cell>();
  for (const cell of file.cells) {
    if (cells.has(cell.id)) {
      throw new JobbenchError('USAGE', `${label} holds the cell "${cell.id}" twice: give a file as jobbench wrote it`);
    }
    cells.set(cell.id, cell);
  }
  return cells;
}

function wordFor(other: Cell | undefined): 'missing' | 'broken' {
  return other !== undefined && isBroken(other) ? 'broken' : 'missing';
}

/** It was measured, and came to nothing that can be compared. */
export function isBroken({ status }: Cell): boolean {
  return status === 'invalid' || status === 'failed';
}

/** Adapter and options as one text: what the noise of a metric belongs to. */
export function adapterOf(cell: Cell | undefined): string {
  return cell === undefined ? '' : canonical([cell.adapter.name, cell.adapter.options]);
}

/** Why a side has no numbers of a cell. */
export function troubleOf(label: string, cell: Cell | undefined): string | undefined {
  if (cell === undefined) return `${label} does not have this cell`;
  if (cell.status === 'ok') return undefined;
  return `${cell.status} in ${label}: ${cell.reason ?? cell.error?.message ?? 'no reason given'}`;
}

function sameRunNote(base: Named, head: Named, same: boolean): string[] {
  if (!same) return [];
  const what = `${base.label} and ${head.label} are the same run (${base.file.run.id})`;
  return [`${what}: this compares a run with itself, and says nothing about a change`];
}
