import type { Cell, ResultFile } from '../core/result.js';
import { FEWEST_TRIALS } from '../stats/interval.js';
import { clean } from './text.js';

/** The last lines of every table: where the numbers are, and what is worth doing next. */
export function footer(path: string, result: ResultFile): string {
  const [command, why] = next(result.cells);
  return `Result: ${clean(path, 4096)}\nNext:   ${command}   (${why})\n`;
}

function next(cells: readonly Cell[]): [command: string, why: string] {
  const broken = cells.find((cell) => cell.status === 'invalid' || cell.status === 'failed');
  if (broken !== undefined && [broken.scenario.name, broken.adapter.name].every((name) => PLAIN.test(name))) {
    const again = `jobbench run --scenario ${broken.scenario.name} --adapter ${broken.adapter.name} --keep`;
    return [again, 'once more, keeping its files to look at'];
  }
  if (cells.some((cell) => cell.status === 'skipped')) return ['jobbench doctor', 'what is missing on this machine'];
  if (cells.some((cell) => Object.values(cell.summary).some(({ n }) => n < FEWEST_TRIALS))) {
    return [`jobbench run --trials ${FEWEST_TRIALS}`, 'intervals instead of ranges'];
  }
  return ['jobbench list', 'what else can be measured, and what can be set'];
}

/** Only names that a shell takes as they are become part of a command: the file may be anybody's. */
const PLAIN = /^[a-z0-9][a-z0-9-]*$/i;
