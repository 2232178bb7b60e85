import type { Trial } from '../../../core/result.js';
import type { ReportCell } from '../model.js';
import { counted } from '../spans.js';
import { own } from './rows.js';

/** One trial of a cell, as it went. */
export interface Run {
  readonly cell: ReportCell;
  readonly trial: Trial;
  /** Who, and under which params; without those in which cells differ that were measured in this same trial. */
  readonly name: string;
  /** Interval 0 of its series, in seconds before what was measured began. */
  readonly warmUpS: number;
}

/** Of each cell the trial in the middle: a mean of several would show what none of them did. */
export function runsOf(cells: readonly ReportCell[]): Run[] {
  const runs: { trial: Trial; cells: ReportCell[] }[] = [];
  for (const cell of cells) {
    const trial = middle(cell);
    if (trial === undefined || Object.keys(trial.series).length === 0) continue;
    const same = runs.find((run) => run.cells[0]?.contender === cell.contender && together(run.trial, trial));
    if (same === undefined) runs.push({ trial, cells: [cell] });
    else same.cells.push(cell);
  }
  return runs.flatMap(({ trial, cells: own }) => {
    const [cell] = own;
    return cell === undefined ? [] : [{ cell, trial, name: nameOf(own), warmUpS: warmUpMs(cell, trial) / 1000 }];
  });
}

/** Levels of one trial are cells of their own, and have the same series. */
function together(a: Trial, b: Trial): boolean {
  return a.startedAt === b.startedAt && a.seed === b.seed && JSON.stringify(a.series) === JSON.stringify(b.series);
}

/** The trial whose first metric is the median, or just below it. */
function middle({ cell }: ReportCell): Trial | undefined {
  const metric = Object.keys(cell.summary)[0] ?? '';
  const trials = counted(cell).toSorted((a, b) => (own(a.values, metric) ?? 0) - (own(b.values, metric) ?? 0));
  return trials[(trials.length - 1) >> 1];
}

function nameOf(cells: readonly ReportCell[]): string {
  const [first, ...others] = cells.map(({ variant }) => variant.split(', '));
  const common = (first ?? []).filter((word) => word !== '' && others.every((words) => words.includes(word)));
  const name = cells[0]?.contender.name ?? '';
  return common.length === 0 ? name : `${name} (${common.join(', ')})`;
}

/** Files that do not say when their phases were: the warm-up took as long as it was asked to. */
function warmUpMs({ cell }: ReportCell, trial: Trial): number {
  const warmUps = trial.phases?.filter(({ name }) => name.startsWith('warm-up')) ?? [];
  if (trial.phases !== undefined) return Math.max(0, ...warmUps.map(({ endMs }) => endMs));
  const asked = own(cell.scenario.params, 'warmup');
  return typeof asked === 'number' && Number.isFinite(asked) ? Math.max(0, asked) : 0;
}
