import type { Comparison } from '../../core/comparison.js';
import type { Cell, ResultFile } from '../../core/result.js';
import type { Standing } from '../../core/standing.js';
import { groupBy } from '../group.js';
import { hedged } from '../hedged.js';
import { byPromise, variantOf, varyingParams } from '../rows.js';
import { clean } from '../text.js';
import { type Look, lookOf } from './looks.js';

/** A result file and what its reader calls it. */
export interface SourceFile {
  readonly label: string;
  /** Only shown: never used as a path. */
  readonly name: string;
  readonly result: ResultFile;
}

/** An adapter with its options, of one file: a line, a bar, a column. */
export interface Contender {
  /** Ours, for classes, ids and data: `c0`, `c1`. */
  readonly key: string;
  /** `sqlite?synchronous=full`; with several files the file's label after it. Cleaned, not escaped. */
  readonly name: string;
  readonly adapter: string;
  /** Its file's place in `files`. */
  readonly file: number;
  readonly promise: PromiseClass;
  readonly look: Look;
}

/** Numbers may be ranked only among those who promise the same. */
export interface PromiseClass {
  readonly delivery: string;
  readonly durability: string;
  /** `at-least-once, process-crash`: equal for those who may be ranked. */
  readonly name: string;
}

export interface ReportCell {
  /** Ours, unique on the page: `cell0`. */
  readonly key: string;
  readonly cell: Cell;
  readonly contender: Contender;
  /** Params in which the cells of its scenario differ, in words: `process, saturated`, `concurrency=4`. */
  readonly variant: string;
}

/** Cells of one scenario that differ only in who was measured: they stand beside each other. */
export interface Load {
  readonly params: Readonly<Record<string, unknown>>;
  /** What tells it from the scenario's other loads; empty where there is one. */
  readonly variant: string;
  /** In the order of contenders. */
  readonly cells: readonly ReportCell[];
}

export interface Question {
  readonly name: string;
  readonly question: string;
  readonly model: string;
  /** One a file that has one. */
  readonly lessons: readonly string[];
  readonly cells: readonly ReportCell[];
  readonly loads: readonly Load[];
  /** Params in which its loads differ. */
  readonly varying: readonly string[];
}

/** All that the page is made of. Texts are from files of anybody: `h` escapes them. */
export interface ReportModel {
  readonly files: readonly SourceFile[];
  /** Strongest promise first, then as the files have them. */
  readonly contenders: readonly Contender[];
  readonly questions: readonly Question[];
  /** What rows of the summary are grouped by: `scenario`, `adapter`, `file`, or a param such as `placement`. */
  readonly by: string;
  /** Of each file: only these establish a difference. */
  readonly standings: readonly Standings[];
  /** The first file with each of the others. */
  readonly comparisons: readonly Comparison[];
  /** What a reader must know of files that could not be compared, in sentences. */
  readonly notes: readonly string[];
}

/** Of one file, by cell id and metric: see `standingOf`. */
export type Standings = ReadonlyMap<string, Standing>;

export interface ReportOptions {
  readonly by?: string;
  /** Of each file, in their order. */
  readonly standings?: readonly (readonly Standing[])[];
  readonly comparisons?: readonly Comparison[];
  readonly notes?: readonly string[];
}

/** @param files in the order in which they were given; at least one */
export function reportModel(files: readonly SourceFile[], options: ReportOptions = {}): ReportModel {
  const contenders = contendersOf(files);
  const of = (file: number, label: string) => contenders.find((one) => one.file === file && one.adapter === label);
  let made = 0;
  const cells = files.flatMap(({ result }, file) =>
    result.cells.flatMap((cell): ReportCell[] => {
      const contender = of(file, cell.adapter.label);
      return contender === undefined ? [] : [{ key: `cell${made++}`, cell, contender, variant: '' }];
    }),
  );
  return {
    files,
    contenders,
    questions: questionsOf(files, cells, contenders),
    by: options.by ?? 'scenario',
    standings: (options.standings ?? []).map((all) => new Map(all.map((one) => [keyOf(one.cell, one.metric), one]))),
    comparisons: options.comparisons ?? [],
    notes: options.notes ?? [],
  };
}

/** Where a cell stands in a metric; undefined where it has no number, or nobody compared. */
export function standingOf({ standings }: ReportModel, { cell, contender }: ReportCell, metric: string) {
  return standings[contender.file]?.get(keyOf(cell.id, metric));
}

function keyOf(cell: string, metric: string): string {
  return JSON.stringify([cell, metric]);
}

function contendersOf(files: readonly SourceFile[]): Contender[] {
  const found = files.flatMap(({ label, result }, file) => {
    const firsts = [...groupBy(result.cells, (cell) => cell.adapter.label).values()].flatMap(([first]) => first ?? []);
    return firsts.sort(byPromise).map(({ adapter }) => {
      const name = clean(adapter.label, 80);
      return {
        name: files.length > 1 ? `${name} · ${clean(label, 60)}` : name,
        adapter: adapter.label,
        file,
        promise: promiseOf(adapter.traits),
      };
    });
  });
  return found.map((one, at) => ({ ...one, key: `c${at}`, look: lookOf(at) }));
}

function promiseOf(traits: Cell['adapter']['traits']): PromiseClass {
  const [delivery, durability] = [clean(traits.delivery, 20), clean(traits.durability, 20)];
  return { delivery, durability, name: `${delivery}, ${durability}` };
}

function questionsOf(
  files: readonly SourceFile[],
  cells: readonly ReportCell[],
  contenders: readonly Contender[],
): Question[] {
  const listed = files.flatMap(({ result }) => result.scenarios);
  const byName = groupBy(cells, ({ cell }) => cell.scenario.name);
  const names = new Set([...listed.map(({ name }) => name), ...byName.keys()]);
  return [...names].flatMap((name): Question[] => {
    const members = byName.get(name) ?? [];
    if (members.length === 0) return [];
    const about = listed.filter((one) => one.name === name);
    const varying = varyingParams(members.map(({ cell }) => cell));
    const own = members.map((one) => ({ ...one, variant: variantOf(one.cell, varying) }));
    return [
      {
        name,
        question: about[0]?.question ?? '',
        model: about[0]?.model ?? '',
        lessons: files.flatMap(({ result }) => lessonsOf(result, name)),
        cells: own,
        loads: loadsOf(own, contenders),
        varying,
      },
    ];
  });
}

function lessonsOf({ scenarios, cells, run }: ResultFile, name: string): string[] {
  const own = cells.filter(({ scenario }) => scenario.name === name);
  return scenarios.flatMap((one) =>
    one.name === name && one.lesson !== undefined ? [hedged(one.lesson, own, run)] : [],
  );
}

function loadsOf(cells: readonly ReportCell[], contenders: readonly Contender[]): Load[] {
  const groups = groupBy(cells, ({ cell }) => JSON.stringify(Object.entries(cell.scenario.params).sort()));
  const place = ({ contender }: ReportCell) => contenders.indexOf(contender);
  return [...groups.values()].flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    const own = [first, ...others].sort((a, b) => place(a) - place(b));
    return [{ params: first.cell.scenario.params, variant: first.variant, cells: own }];
  });
}
