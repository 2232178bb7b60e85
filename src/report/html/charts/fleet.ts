import { groupBy } from '../../group.js';
import { bare } from '../../numbers.js';
import { h, type Markup } from '../markup.js';
import type { Question, ReportCell, ReportModel } from '../model.js';
import type { Section } from '../section.js';
import { FIGURES, figure, tabs } from './figure.js';
import { JOB_PARTS, jobParts, MACHINE_PARTS, machineParts } from './fleetphases.js';
import { own, rowName } from './rows.js';
import { type Point, paretoSet, scatter } from './scatter.js';
import { type Stack, stackChart } from './stacks.js';

/** Machines that start when jobs come: where the time goes, what is paid for, and what a shorter wait costs. */
export function fleet({ questions, files }: ReportModel): Section | undefined {
  const described = files.flatMap(({ result }) => result.scenarios);
  const marksOf = (scenario: string) => described.find(({ name }) => name === scenario)?.marks ?? '';
  const parts = questions.flatMap((question) => {
    const figures = [
      jobsFigure(question),
      machinesFigure(question),
      costFigure(question, marksOf(question.name)),
    ].filter((one) => one !== undefined);
    return figures.length === 0 ? [] : [{ name: question.name, html: h`${figures}` }];
  });
  if (parts.length === 0) return undefined;
  const html = h`<p class="lead">Machines start when jobs come and stop some time after the last one: a job that finds one warm starts at once,
another waits for its boot.</p>
${tabs('fleet', 'Scenarios', parts)}`;
  return { id: 'fleet', title: 'Machines that start for jobs', short: 'Machines', html, ...FIGURES };
}

function jobsFigure(question: Question): Markup | undefined {
  const rows = stacksOf(question, jobParts);
  if (rows === undefined) return undefined;
  const note = 'Of a mean job, or of the single job that the row names.';
  return figure({
    title: 'Time of a job, ms',
    note,
    chart: stackChart({ parts: JOB_PARTS, rows, unit: 'ms' }),
    table: tableOf(JOB_PARTS, rows, 'ms'),
  });
}

function machinesFigure(question: Question): Markup | undefined {
  // Levels that were measured in one trial share its machines: one row says it.
  const all = stacksOf(question, machineParts);
  if (all === undefined) return undefined;
  const rows = [...groupBy(all, ({ values }) => String(values)).values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [others.length === 0 ? first : { ...first, name: first.who }],
  );
  return figure({
    title: 'Machine time for 1,000 jobs, s',
    note: 'The whole trial, warm-up included.',
    chart: stackChart({ parts: MACHINE_PARTS, rows, unit: 's' }),
    table: tableOf(MACHINE_PARTS, rows, 's'),
  });
}

function stacksOf(
  { cells, loads }: Question,
  read: (cell: ReportCell) => number[] | undefined,
): (Stack & { readonly who: string })[] | undefined {
  const rows = cells.flatMap((cell) => {
    const values = read(cell);
    const name = rowName(cell, loads.length > 1 ? 'with params' : 'without params');
    return values === undefined ? [] : [{ name, who: cell.contender.name, values }];
  });
  return rows.length === 0 ? undefined : rows;
}

function tableOf(parts: readonly string[], rows: readonly Stack[], unit: string) {
  return {
    heads: ['', ...parts],
    rows: rows.map(({ name, values }) => [name, ...values.map((value) => bare(value, unit))]),
  };
}

/** The first of these that a question has is what its users wait for. */
const LATENCIES = ['total_p99', 'total_p95', 'wait_p99', 'total_p50', 'total', 'cold_p50'];

function costFigure({ cells, loads }: Question, marks: string): Markup | undefined {
  const value = ({ cell }: ReportCell, metric: string) =>
    own(cell.merged, metric)?.value ?? own(cell.summary, metric)?.median;
  const priced = cells.filter((cell) => cell.cell.status === 'ok' && value(cell, 'cost_per_1k') !== undefined);
  const metric = LATENCIES.find((name) => priced.some((cell) => value(cell, name) !== undefined));
  if (metric === undefined) return undefined;
  const found = priced.flatMap((cell) => {
    const [x, y] = [value(cell, 'cost_per_1k'), value(cell, metric)];
    return x === undefined || y === undefined ? [] : [{ cell, x, y }];
  });
  // Two jobs of one trial have one cost: nothing was bought with it.
  if (new Set(found.map(({ x }) => x)).size < 2) return undefined;
  const points = found.map(
    ({ cell, x, y }, at): Point => ({
      ...{ x, y, letter: letterOf(at), className: cell.contender.look.className },
      name: rowName(cell, loads.length > 1 ? 'with params' : 'without params'),
    }),
  );
  const info = own(found[0]?.cell.cell.metrics ?? {}, metric);
  // A scenario that marks its cells knows which of them are alternatives, and what else counts.
  const marked = points.filter((_, at) => found[at]?.cell.cell.mark !== undefined);
  const best = marked.length > 0 ? marked : paretoSet(points);
  return figure({
    title: `${info?.label ?? metric} against cost`,
    note:
      marked.length > 0
        ? `Full points are the Pareto set: ${marks === '' ? 'no alternative beats them' : marks}.`
        : 'Full points are the Pareto set: none is both cheaper and faster.',
    chart: scatter({
      ...{ points, best, steps: marked.length > 0 ? 'none' : 'drawn' },
      x: { label: 'cost of 1,000 jobs', unit: 'usd' },
      y: { label: `${info?.label ?? metric}, ${info?.unit ?? 'ms'}`, unit: info?.unit ?? 'ms' },
    }),
    table: {
      heads: ['', '', 'cost of 1,000 jobs', info?.label ?? metric, 'Pareto set'],
      rows: points.map((point) => [
        point.letter,
        point.name,
        bare(point.x, 'usd'),
        `${bare(point.y, info?.unit ?? 'ms')} ${info?.unit ?? 'ms'}`,
        best.includes(point) ? 'yes' : '',
      ]),
    },
  });
}

/** a to z, then a1 to z1. */
function letterOf(at: number): string {
  return `${String.fromCharCode(97 + (at % 26))}${at < 26 ? '' : Math.floor(at / 26)}`;
}
