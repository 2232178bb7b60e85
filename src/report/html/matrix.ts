import { columnsFor, headOf, ownMetrics } from '../columns.js';
import { groupBy } from '../group.js';
import { unitHead } from '../numbers.js';
import { variantOf } from '../rows.js';
import type { Contender, Question, ReportCell, ReportModel } from './model.js';

/** One column: a contender, or with `--by adapter` a file. */
export interface MatrixColumn {
  readonly key: string;
  readonly head: string;
  /** Adapters that stand under one promise stand under one head. */
  readonly promise: string;
  readonly contender?: Contender;
}

/** One metric of one load. */
export interface MatrixRow {
  readonly question: Question;
  readonly variant: string;
  readonly metric: string;
  readonly label: string;
  readonly unit: string;
  readonly better: 'higher' | 'lower';
  /** Left to those who ask for every metric. */
  readonly minor: boolean;
  readonly cells: ReadonlyMap<string, ReportCell>;
}

export interface MatrixGroup {
  readonly name: string;
  /** A question, where the group is a scenario. */
  readonly says: string;
  readonly lessons: readonly string[];
  readonly rows: readonly MatrixRow[];
}

export interface Matrix {
  readonly columns: readonly MatrixColumn[];
  readonly groups: readonly MatrixGroup[];
}

/** All numbers of a report as one matrix. Groups of rows and what the columns are follow from `--by`. */
export function matrixOf(model: ReportModel): Matrix {
  const keyOf = columnKey(model);
  const columns = columnsOf(model);
  const rows = model.questions.flatMap((question) => splitBy(model, question).map((part) => ({ ...part, question })));
  const groups = groupBy(rows, ({ group }) => group);
  return {
    columns,
    groups: [...groups].map(([name, parts]) => ({
      name,
      says: model.by === 'scenario' ? (parts[0]?.question.question ?? '') : '',
      lessons: [
        ...(model.by === 'scenario' ? (parts[0]?.question.lessons ?? []) : []),
        ...parts.flatMap(({ question, cells }) => (cells.some(isMarked) ? markWords(model, question) : [])),
      ],
      rows: parts.flatMap(({ question, cells }) => rowsOf(model, question, cells, keyOf)),
    })),
  };
}

function isMarked({ cell }: ReportCell): boolean {
  return cell.mark !== undefined;
}

function markWords({ files }: ReportModel, { name }: Question): string[] {
  const said = files.flatMap(({ result }) => result.scenarios).find((one) => one.name === name)?.marks;
  return said === undefined ? [] : [`* ${said}`];
}

function columnKey({ by }: ReportModel): (cell: ReportCell) => string {
  if (by === 'adapter') return ({ contender }) => `file${contender.file}`;
  if (by === 'file') return ({ contender }) => contender.adapter;
  return ({ contender }) => contender.key;
}

function columnsOf({ by, contenders, files }: ReportModel): MatrixColumn[] {
  if (by === 'adapter') return files.map(({ label }, at) => ({ key: `file${at}`, head: label, promise: '' }));
  if (by === 'file') {
    const firsts = [...groupBy(contenders, ({ adapter }) => adapter).values()].flatMap(([first]) => first ?? []);
    return firsts.map((one) => ({ key: one.adapter, head: one.adapter, promise: one.promise.name, contender: one }));
  }
  const order = [...groupBy(contenders, ({ promise }) => promise.name).values()].flat();
  return order.map((one) => ({ key: one.key, head: one.name, promise: one.promise.name, contender: one }));
}

interface Part {
  readonly group: string;
  readonly cells: readonly ReportCell[];
}

/** The cells of a question by the group in which they stand. */
function splitBy({ by, files }: ReportModel, question: Question): Part[] {
  const groupOf = ({ cell, contender }: ReportCell): string => {
    if (by === 'scenario') return question.name;
    if (by === 'adapter') return contender.adapter;
    if (by === 'file') return files[contender.file]?.label ?? '';
    const value = Object.hasOwn(cell.scenario.params, by) ? cell.scenario.params[by] : undefined;
    return value === undefined ? `without ${by}` : `${by} ${typeof value === 'string' ? value : JSON.stringify(value)}`;
  };
  return [...groupBy(question.cells, groupOf)].map(([group, cells]) => ({ group, cells }));
}

function rowsOf(
  model: ReportModel,
  question: Question,
  cells: readonly ReportCell[],
  keyOf: (cell: ReportCell) => string,
): MatrixRow[] {
  const plain = cells.map(({ cell }) => cell);
  const major = columnsFor(question.name, plain);
  const own = plain.flatMap((cell) => ownMetrics(cell, major, plain));
  const shown = new Set([...major.map(({ metric }) => metric), ...own]);
  const rest = plain.flatMap(({ metrics }) => Object.keys(metrics)).filter((metric) => !shown.has(metric));
  const varying = question.varying.filter((param) => param !== model.by);
  const loads = groupBy(cells, ({ cell }) => JSON.stringify(varying.map((param) => cell.scenario.params[param])));
  return [...loads.values()].flatMap((load) =>
    [...new Set([...shown, ...rest])].flatMap((metric): MatrixRow[] => {
      const having = load.filter(({ cell }) => Object.hasOwn(cell.metrics, metric) && applies(cell, metric));
      const info = having[0]?.cell.metrics[metric];
      if (info === undefined) return [];
      return [
        {
          question,
          variant: `${load[0] === undefined ? '' : variantOf(load[0].cell, varying)}${load.some(isMarked) ? ' *' : ''}`,
          metric,
          label: headOf(metric),
          unit: unitHead(info.unit),
          better: info.better,
          minor: !shown.has(metric) || (loads.size > 1 && own.includes(metric)),
          cells: new Map(load.map((one) => [keyOf(one), one])),
        },
      ];
    }),
  );
}

/** A load at which a metric means nothing says so in every cell: a row of that would say nothing. */
function applies(cell: ReportCell['cell'], metric: string): boolean {
  if (cell.status !== 'ok') return true;
  const why = cell.refused !== undefined && Object.hasOwn(cell.refused, metric) ? cell.refused[metric] : undefined;
  return why === undefined || !/^(no |only at|the reference)/.test(why);
}
