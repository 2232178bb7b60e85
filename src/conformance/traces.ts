import { readdirSync, readFileSync } from 'node:fs';
import type { Case } from './case.js';
import { jobOf, withQueue } from './direct.js';

const JOBS = 5;

/** Looks at the processes of this machine by their command lines, where the system shows them. */
export const traces: Case = {
  name: 'connecting changes nothing, closing twice is harmless, and nothing is left behind',
  applies: () => true,
  async run(context) {
    let scratchDir = '';
    const found = await withQueue(context, async (direct) => {
      const { producer } = direct;
      scratchDir = direct.scratchDir;
      for (let index = 0; index < JOBS; index++) await producer.enqueue(jobOf(index, { kind: 'noop' }));
      const before = await producer.depth?.();
      const other = await direct.connect();
      await other.close();
      await other.close();
      const after = await producer.depth?.();
      if (before === JOBS && after === JOBS) return [];
      return before === undefined ? [] : [`${JOBS} jobs wait, but it held ${before}, and ${after} after a connect`];
    });
    const left = commandLines().filter((line) => line.includes(scratchDir)).length;
    return left > 0 ? [...found, `left ${left} processes behind`] : found;
  },
};

function commandLines(): string[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
      .map((pid) => commandLine(pid));
  } catch {
    return []; // no /proc: only what was asked of the adapter itself can be told
  }
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return ''; // ended meanwhile
  }
}
