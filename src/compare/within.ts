import { JobbenchError } from '../core/errors.js';
import type { Cell } from '../core/result.js';
import { canonical } from './fields.js';
import { type Gathered, gather, gathered, gatherNotes, listNote, unjudgedOf } from './gather.js';
import { adapterOf, cellsOf, isBroken, type Joined, type Named, troubleOf } from './join.js';
import { missingCell, type RowOptions, rowsOf, type Subject } from './rows.js';
import { promiseOf } from './unlike.js';

export interface Within extends Joined {
  /** Label of the adapter that all others are compared with. */
  readonly base: string;
  readonly heads: readonly string[];
}

/**
 * Compares the adapters of one run with one of them. Every block measured all of them in random order, so trials are
 * paired by block. Promises differ between adapters: across classes a row names them, and decides nothing.
 * @param base label of the adapter to compare with; the file's first when absent
 * @throws JobbenchError USAGE when there are fewer than two adapters, or none of that label
 */
export function joinAdapters(named: Named, base: string | undefined, options: RowOptions): Within {
  const cells = [...cellsOf(named).values()];
  const labels = [...new Set(cells.map((cell) => cell.adapter.label))];
  const chosen = chosenOf(named.label, labels, base);
  const rows = gathered();
  const alone: string[] = [];
  const across = new Set<string>();
  for (const group of groupsOf(cells)) {
    const ours = group.find((cell) => cell.adapter.label === chosen);
    for (const theirs of group.filter((cell) => cell !== ours)) {
      if (ours === undefined) {
        alone.push(theirs.id);
        continue;
      }
      const subject = subjectOf(ours, theirs);
      if (subject.ungated) across.add(theirs.adapter.label);
      pairCells(rows, ours, theirs, subject, options);
    }
  }
  return {
    base: chosen,
    heads: labels.filter((label) => label !== chosen),
    samples: rows.samples,
    missing: rows.missing,
    refusals: [],
    differences: [],
    notes: [
      baseNote(chosen, base),
      ...acrossNote(chosen, [...across]),
      ...gatherNotes(rows),
      ...listNote(`without a cell of ${chosen} to compare with: `, alone),
    ],
    ...unjudgedOf(rows),
  };
}

function chosenOf(file: string, labels: readonly string[], base: string | undefined): string {
  const [first] = labels;
  if (first === undefined || labels.length < 2) {
    throw new JobbenchError('USAGE', `${file} has fewer than two adapters to compare: run jobbench with more`);
  }
  if (base !== undefined && !labels.includes(base)) {
    throw new JobbenchError('USAGE', `${file} has no adapter "${base}". Adapters: ${labels.join(', ')}`);
  }
  return base ?? first;
}

/** Cells that ask the same question with the same parameters. */
function groupsOf(cells: readonly Cell[]): Iterable<Cell[]> {
  const groups = new Map<string, Cell[]>();
  for (const cell of cells) {
    const key = canonical([cell.scenario.name, cell.scenario.params]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [cell]);
    else group.push(cell);
  }
  return groups.values();
}

function subjectOf(ours: Cell, theirs: Cell): Subject {
  const shared = { scenario: ours.scenario.name, adapter: adapterOf(ours), pairing: 'interleaved' as const };
  const names = [ours.adapter.label, theirs.adapter.label] as const;
  const { delivery, durability } = promiseOf(theirs);
  if (canonical(promiseOf(ours)) === canonical(promiseOf(theirs))) return { ...shared, cell: theirs.id, names };
  return { ...shared, cell: `${theirs.id} (${delivery}, ${durability})`, names, ungated: true };
}

function pairCells(rows: Gathered, ours: Cell, theirs: Cell, subject: Subject, options: RowOptions): void {
  const why = troubleOf(subject.names[0], ours) ?? troubleOf(subject.names[1], theirs);
  if (why === undefined) {
    // What one adapter adds of itself has no counterpart; what both declare, and one lacks, is missing.
    const both = Object.keys(ours.metrics).filter((metric) => Object.hasOwn(theirs.metrics, metric));
    gather(rows, rowsOf([ours, theirs], options.metrics ?? both, subject, options));
  } else if (ours.status === 'ok')
    rows.missing.push(...missingCell(ours, subject, options, why, isBroken(theirs) ? 'broken' : 'missing'));
  else if (theirs.status === 'ok')
    rows.missing.push(...missingCell(theirs, subject, options, why, isBroken(ours) ? 'broken' : 'missing'));
  else rows.absent.push(`${theirs.id} (${why})`);
}

function baseNote(base: string, asked: string | undefined): string {
  const all = `base of every row is ${base}`;
  return asked === undefined ? `${all}, the first adapter of the file; --base takes another` : all;
}

function acrossNote(base: string, heads: readonly string[]): string[] {
  if (heads.length === 0) return [];
  const what = heads.length === 1 ? 'promises' : 'promise';
  return [
    `${heads.join(', ')} ${what} something else than ${base}, as the row says in brackets: such rows rank nothing and decide nothing`,
  ];
}
