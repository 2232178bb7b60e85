import { startChild } from './children.js';
import { interleave, versus } from './numbers.js';
import { distUrl } from './setup.js';

const RATES = [200, 1000, 10_000];
const SCRIPT = new URL('./pacingloop.js', import.meta.url);

/**
 * What it costs to be on time, with calls that are answered at once: the pacer may block while it waits for the next one, or
 * gives way to its event loop, as it must where something else is to happen there.
 */
export async function pacing({ rounds, say }) {
  const rows = [];
  for (const rate of RATES) {
    const arm = (quiet) => async () => {
      const child = startChild(SCRIPT, { module: distUrl('engine/roles/pacer.js'), quiet }, 'the pacer');
      try {
        return await child.ask('pace', rate);
      } finally {
        await child.end();
      }
    };
    const arms = { blocking: arm(true), yielding: arm(false) };
    const seen = await interleave(rounds, arms, (what) => say(`pacing: ${rate}/s, ${what}`));
    const row = (what, key, unit) =>
      versus(
        `pacing, ${rate.toLocaleString('en-US')} calls/s: ${what}`,
        ['blocking', seen.blocking[key]],
        ['yielding', seen.yielding[key]],
        { unit },
      );
    rows.push(row('lag p99', 'p99', 'ms'), row('processor', 'processor', '% of a core'));
  }
  return rows;
}
