import type { Cell, ResultFile } from '../core/result.js';
import { FEWEST_TRIALS } from '../stats/interval.js';
import { longerFor } from './lengthened.js';
import { repeated, repeatedCell } from './repeat.js';
import { clean } from './text.js';

/** The last lines of every table: where the numbers are, and what is worth doing next. */
export function footer(path: string, result: ResultFile): string {
  const [command, why] = next(result);
  return `Result: ${clean(path, 4096)}\nNext:   ${command}   (${why})\n`;
}

function next({ cells, run }: ResultFile): [command: string, why: string] {
  if (run.virtual) return nextVirtual(run.command);
  const broken = cells.find((cell) => cell.status === 'invalid' || cell.status === 'failed');
  if (broken !== undefined) {
    const rate = slower(broken, run.command);
    if (rate !== undefined) return [repeated(run, [['--rate', rate]]), 'at a rate that it can carry'];
    return [repeatedCell(broken, run), 'once more, keeping its files to look at'];
  }
  if (run.status === 'aborted') return [repeated(run, []), 'the whole of it: this one was stopped'];
  if (cells.some(isMissing)) return ['jobbench doctor', 'what is missing on this machine'];
  const duration = longerFor(cells);
  if (duration !== undefined) return [repeated(run, [['--duration', duration]]), 'long enough for a p99'];
  if (cells.some((cell) => Object.values(cell.summary).some(({ n }) => n < FEWEST_TRIALS)))
    return [repeated(run, [['--trials', String(FEWEST_TRIALS)]]), 'the same with intervals instead of ranges'];
  return ['jobbench list', 'what else can be measured, and what can be set'];
}

/** Where jobs came faster than they were done: a share of what was measured to be possible, and always less than it was. */
function slower({ scenario, refused }: Cell, command: readonly string[]): string | undefined {
  const { rate } = scenario.params;
  const unstable = Object.values(refused ?? {}).some((reason) => reason.startsWith('UNSTABLE'));
  // A param takes the place of an option, so another option would change nothing.
  if (!unstable || typeof rate !== 'string' || command.some((word) => /(^|\.)rate=/.test(word))) return undefined;
  const share = rate.endsWith('%') ? Number.parseFloat(rate) / 2 : rate === 'auto' ? 25 : 50;
  return `${Math.min(50, Math.ceil(share))}%`;
}

/** Simulating more is cheap, so the useful next step is another setting. */
function nextVirtual(command: readonly string[]): [command: string, why: string] {
  const asked = command.join(' ');
  if (!asked.includes('keepwarm') && asked.includes('--scenario'))
    return ['jobbench simulate --scenario keepwarm', 'when is it worth keeping machines warm'];
  return ['jobbench list adapters', 'what machines can be set to: boots, waits, prices'];
}

/** Skipped because something is not installed, not because the adapter cannot do what was asked. */
function isMissing({ status, reason = '' }: Cell): boolean {
  return status === 'skipped' && !reason.includes('does not support') && !reason.startsWith('stopped');
}
