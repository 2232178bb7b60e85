import type { Host, Warning } from '../core/result.js';

/** What a reader must know of the whole run. @param kept where scratch folders were kept */
export function runWarnings(
  noise: Host['noise'],
  timerLateP99Ms: number,
  alone: boolean,
  kept: string | undefined,
): Warning[] {
  const warnings: Warning[] = [];
  if (!alone) {
    const message = 'another jobbench run was active on this machine at the same time; run one at a time';
    warnings.push({ code: 'concurrent-run', message });
  }
  const noisy = [
    ...(noise.stealPercent > 1 ? [`${noise.stealPercent} % of the processor was taken by the host`] : []),
    ...(noise.otherCpuPercent > 10 ? [`other programs used ${noise.otherCpuPercent} % of the processor`] : []),
    ...(timerLateP99Ms > 5 ? [`timers were up to ${timerLateP99Ms} ms late`] : []),
  ];
  if (noisy.length > 0) {
    warnings.push({
      code: 'noisy-machine',
      message: `this machine was not quiet: ${noisy.join(', ')}; trust ratios, not figures`,
    });
  }
  if (kept !== undefined) warnings.push({ code: 'kept', message: 'scratch folders were kept (--keep)' });
  return warnings;
}
