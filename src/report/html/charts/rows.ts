import type { Trial } from '../../../core/result.js';
import { medianInterval } from '../../../stats/interval.js';
import { groupBy } from '../../group.js';
import type { Question, ReportCell, ReportModel } from '../model.js';
import { counted } from '../spans.js';

/** What stands under one heading: those who may be ranked with each other, or what the reader asked to see together. */
export interface Group<T> {
  readonly name: string;
  readonly members: readonly T[];
}

/** By promise, unless the reader asked for something else. The same adapter of several files stays together. */
export function grouped(members: readonly ReportCell[], { by, files }: Pick<ReportModel, 'by' | 'files'>) {
  const adapters = [...new Set(members.map(({ contender }) => contender.adapter))];
  const place = ({ contender }: ReportCell) => adapters.indexOf(contender.adapter);
  const together = members.toSorted((a, b) => place(a) - place(b));
  const groups = groupBy(together, (one) => groupName(one, by, files));
  return [...groups.entries()].map(([name, own]): Group<ReportCell> => ({ name, members: own }));
}

function groupName({ cell, contender }: ReportCell, by: string, files: ReportModel['files']): string {
  if (by === 'adapter') return contender.adapter;
  if (by === 'file') return files[contender.file]?.label ?? '';
  const param = own(cell.scenario.params, by);
  return param === undefined ? contender.promise.name : `${by} ${String(param)}`;
}

/** What is drawn in one plot, and what it is called where there are several. */
export interface Heap {
  readonly name: string;
  readonly cells: readonly ReportCell[];
}

/** Cells of one load are drawn together, unless the reader asked for something else. */
export function heapsOf({ cells, loads }: Question, { by, files }: Pick<ReportModel, 'by' | 'files'>): Heap[] {
  if (by === 'scenario') return loads.map(({ variant, cells: own }) => ({ name: variant, cells: own }));
  return [...groupBy(cells, (cell) => groupName(cell, by, files))].map(([name, own]) => ({ name, cells: own }));
}

/** One number of each trial, and what it comes to. */
export interface Spread {
  readonly values: readonly number[];
  readonly median: number;
  readonly low: number;
  readonly high: number;
  /** Absent: low and high are the smallest and the greatest. */
  readonly confidence?: number;
}

/** Undefined where no trial has the number. */
export function spreadOf(cell: ReportCell, read: (trial: Trial) => number | undefined): Spread | undefined {
  const values = counted(cell.cell)
    .map(read)
    .filter((value): value is number => value !== undefined && Number.isFinite(value));
  if (values.length === 0) return undefined;
  const { median, low, high, confidence } = medianInterval(values);
  return { values, median, low, high, ...(confidence !== undefined && { confidence }) };
}

/** A file may name a metric like a method of every object. */
export function own<T>(record: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}

/** Who, and under which params where the section shows several. */
export function rowName({ contender, variant }: ReportCell, params: 'with params' | 'without params'): string {
  return variant === '' || params === 'without params' ? contender.name : `${contender.name} (${variant})`;
}
