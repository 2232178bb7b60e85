import type { Cell, ResultFile } from '../core/result.js';
import { FEWEST_TRIALS } from '../stats/interval.js';
import { clean } from './text.js';

/** The last lines of every table: where the numbers are, and what is worth doing next. */
export function footer(path: string, result: ResultFile): string {
  const [command, why] = next(result);
  return `Result: ${clean(path, 4096)}\nNext:   ${command}   (${why})\n`;
}

function next({ cells, run }: ResultFile): [command: string, why: string] {
  const broken = cells.find((cell) => cell.status === 'invalid' || cell.status === 'failed');
  const adapter = broken === undefined ? undefined : asGiven(broken.adapter.name, run.command);
  if (broken !== undefined && adapter !== undefined && PLAIN.test(broken.scenario.name)) {
    const again = `jobbench run --scenario ${broken.scenario.name} --adapter ${adapter} --keep`;
    return [again, 'once more, keeping its files to look at'];
  }
  if (cells.some(isMissing)) return ['jobbench doctor', 'what is missing on this machine'];
  if (cells.some((cell) => Object.values(cell.summary).some(({ n }) => n < FEWEST_TRIALS))) {
    return [`jobbench run --trials ${FEWEST_TRIALS}`, 'intervals instead of ranges'];
  }
  return ['jobbench list', 'what else can be measured, and what can be set'];
}

/** One that was given as a path is not found again by its name. */
function asGiven(name: string, command: readonly string[]): string | undefined {
  if (!PLAIN.test(name)) return undefined;
  const parts = command.flatMap((argument) => argument.split(','));
  return parts.find((part) => PATH.test(part) && part.includes(`/${name}.`)) ?? name;
}

/** Skipped because something is not installed, not because the adapter cannot do what was asked. */
function isMissing({ status, reason = '' }: Cell): boolean {
  return status === 'skipped' && !reason.includes('does not support') && !reason.startsWith('stopped');
}

const PATH = /^[\w./@-]+\.m?js$/;

/** Only names that a shell takes as they are become part of a command: the file may be anybody's. */
const PLAIN = /^[a-z0-9][a-z0-9-]*$/i;
