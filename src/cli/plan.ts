import { JobbenchError } from '../core/errors.js';
import { whyUnavailable } from '../engine/availability.js';
import type { Observer, RunRequest } from '../engine/request.js';
import { planRun } from '../engine/run.js';
import type { Io } from './io.js';
import { about } from './progress.js';

/**
 * `--dry-run`: every cell, how often it is measured, and how long all of it takes. Makes and starts nothing.
 * @param secondLook trials of each cell where `ab` looks a second time; undefined where there is one look
 */
export async function showPlan(
  request: RunRequest,
  format: 'text' | 'json',
  io: Io,
  secondLook?: number,
): Promise<number> {
  const plan = await planRun(request);
  const longest = secondLook === undefined ? undefined : await planRun({ ...request, trials: secondLook });
  if (format === 'json') {
    const second = longest && { secondLook: { trials: longest.trials, estimateMs: longest.estimateMs } };
    const { profile, seed } = request;
    io.stdout.write(`${JSON.stringify({ ...plan, ...second, profile, seed }, null, 1)}\n`);
    return 0;
  }
  const width = Math.max(...plan.cells.map(({ id }) => id.length));
  const lines = plan.cells.map(
    ({ id, status, reason }) => `  ${id.padEnd(width)}  ${status}${reason === undefined ? '' : `: ${reason}`}`,
  );
  const measured = plan.cells.filter(({ status }) => status === 'planned').length;
  // Of a plan of one block each: what is measured together is one trial.
  const { trials: apart } = await planRun({ ...request, trials: 1 });
  const shared =
    apart < measured
      ? `Cells that share processes are measured together: these ${measured} are ${counted(apart, 'trial')} a block.\n`
      : '';
  const most =
    longest === undefined
      ? ''
      : ` for ${request.trials} blocks; up to ${secondLook} blocks where they cannot tell, at most ${about(longest.estimateMs)}`;
  io.stdout.write(
    `Plan: profile ${request.profile}, seed ${request.seed}\n${lines.join('\n')}\n` +
      `${counted(plan.trials, 'trial')} in random order, each in processes of its own, for ${measured} of ` +
      `${counted(plan.cells.length, 'cell')}: at most ${request.trials} for each.\n` +
      `${shared}It takes ${about(plan.estimateMs)}${most}. Nothing was measured or written.\n`,
  );
  return 0;
}

function counted(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}

/**
 * What is missing is said before anything is measured. With others left, the run goes on, and the cells say why.
 * @throws JobbenchError ENVIRONMENT when no adapter can run here, USAGE when none can answer any of the questions
 */
export async function assertMeasurable(request: RunRequest, observer: Observer): Promise<void> {
  let missing = 0;
  const reasons: string[] = [];
  for (const contestant of request.contestants) {
    const why = await whyUnavailable(contestant, request);
    if (why === undefined) continue;
    missing++;
    reasons.push(`${contestant.label} cannot run here: ${why.reason}; ${why.remedy}`);
  }
  if (missing === request.contestants.length) {
    throw new JobbenchError('ENVIRONMENT', reasons.length > 0 ? reasons.join('\n') : 'there is no adapter to measure');
  }
  const plan = await planRun(request);
  if (plan.cells.every(({ status }) => status === 'skipped')) {
    const why = [...new Set(plan.cells.map(({ id, reason }) => `${id}: ${reason ?? 'skipped'}`))].join('; ');
    throw new JobbenchError(missing > 0 ? 'ENVIRONMENT' : 'USAGE', `nothing can be measured: ${why}`);
  }
  for (const reason of reasons) observer.note(`skipped: ${reason}`);
}
