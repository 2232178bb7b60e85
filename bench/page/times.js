const MINUTE_MS = 60_000;

/**
 * How long the figures on the page took, by the parts of the commands.
 * @param commands command -> part -> ms, undefined where figures do not say
 */
export function timesText(commands) {
  const lines = Object.entries(commands).map(([command, parts]) => {
    const known = Object.entries(parts).filter(([, ms]) => ms !== undefined);
    if (known.length === 0) return '';
    const each = known.map(([part, ms]) => `${part} ${minutes(ms)}`).join(', ');
    return `\`${command}\` ${minutes(known.reduce((sum, [, ms]) => sum + ms, 0))} (${each})`;
  });
  const said = lines.filter((line) => line !== '');
  return said.length === 0 ? '' : `Minutes that the figures above took: ${said.join('; ')}.`;
}

const minutes = (ms) => (ms / MINUTE_MS).toFixed(1);

/** Of comparisons: what each took, all together. */
export const tookMs = (families) => sum(Object.values(families).map(({ when }) => when?.tookMs));

/** Of result files of `jobbench run`. */
export const ranMs = (results) =>
  sum(Object.values(results).map(({ run }) => Date.parse(run.finishedAt) - Date.parse(run.startedAt)));

function sum(times) {
  const known = times.filter((ms) => ms !== undefined);
  return known.length === 0 ? undefined : known.reduce((all, ms) => all + ms, 0);
}
