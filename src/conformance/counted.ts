import type { Found } from './case.js';
import { type Checked, check, seconds } from './check.js';
import type { Promised } from './excuses.js';
import { type Harm, type History, inFlight, isStruck, type JobHistory } from './history.js';

/** A checked history as a case reports it: violations, and counts for those who want to know how far it was from one. */
export function counted(history: History, promised: Promised): Found {
  const checked = check(history, promised);
  const { violations, miscounts } = checked;
  return { violations, miscounts, facts: [sentence(history, checked)], figures: figures(history, checked) };
}

/** `5 kills that struck 7 jobs: lost 3 of 20,000, in flight at kill 2 and 4; repeated 0; started again after 0.5 s at most` */
function sentence({ jobs, harms }: History, checked: Checked): string {
  const { accepted, lost, repeated, repeatedExcused, gaveUp, unknown, recovered, recoveryMs, early } = checked;
  const of = accepted.toLocaleString('en-US');
  const repeats = jobs.filter(({ runs, fails, attempts }) => runs.length > Math.min(fails + 1, attempts));
  return [
    `${done(jobs, harms)}lost ${lost.length} of ${of}${places(lost, harms)}`,
    `repeated ${repeated}${repeated > 0 && repeatedExcused === repeated ? places(repeats, harms) : ''}`,
    ...(early > 0 ? [`started ${early} early`] : []),
    ...(gaveUp > 0 ? [`gave up ${gaveUp} whose workers had died`] : []),
    ...(unknown > 0
      ? [
          `${unknown} ${unknown === 1 ? 'enqueue' : 'enqueues'} failed or unknown, ${recovered} of them done all the same`,
        ]
      : []),
    ...(recoveryMs.length > 0 ? [`started again after ${seconds(Math.max(...recoveryMs))} at most`] : []),
  ].join('; ');
}

const NOUN = {
  kill: ['kill', 'kills'],
  freeze: ['freeze', 'freezes'],
  stop: ['stop', 'stops'],
  server: ['server kill', 'server kills'],
  cut: ['cut', 'cuts'],
  clock: ['wrong clock', 'wrong clocks'],
} as const;

function done(jobs: readonly JobHistory[], harms: History['harms']): string {
  // Who kills a server cuts the way to it: told once.
  const told = harms.some(({ kind }) => kind === 'server') ? harms.filter(({ kind }) => kind !== 'cut') : harms;
  const kinds = [...new Set(told.map(({ kind }) => kind))];
  const parts = kinds.map((kind) => {
    const n = harms.filter((harm) => harm.kind === kind).length;
    return `${n} ${NOUN[kind][n === 1 ? 0 : 1]}`;
  });
  if (parts.length === 0) return '';
  const struck = struckBy(jobs, harms);
  const jobsStruck = struck === undefined ? '' : ` that struck ${struck} ${struck === 1 ? 'job' : 'jobs'}`;
  return `${parts.join(', ')}${jobsStruck}: `;
}

/** Jobs that a fault met; undefined where none of the faults could meet one. */
export function struckBy(jobs: readonly JobHistory[], harms: readonly Harm[]): number | undefined {
  // Producers have none in their hands, and a wrong clock is no moment.
  const striking = harms.filter(({ kind, process, held }) => kind !== 'clock' && (process === undefined || held > 0));
  if (striking.length === 0) return undefined;
  return jobs.filter((job) => striking.some((harm) => isStruck(job, harm))).length;
}

/** `, all in flight at kill 7`, where it is so. */
function places(jobs: readonly JobHistory[], harms: History['harms']): string {
  if (jobs.length === 0) return '';
  const where = new Set<string>();
  for (const job of jobs) {
    const at = harms.findIndex((harm) => harm.kind !== 'stop' && inFlight(job, harm));
    const harm = harms[at];
    if (harm === undefined || harm.kind === 'clock') return '';
    const nth = harms.slice(0, at + 1).filter(({ kind }) => kind === harm.kind).length;
    where.add(`${NOUN[harm.kind][0]} ${nth}`);
  }
  return where.size > 4 ? ', all in flight at a fault' : `, all in flight at ${[...where].join(' and ')}`;
}

function figures({ jobs, harms }: History, checked: Checked): Record<string, number> {
  const { accepted, lost, repeated, recoveryMs } = checked;
  const struck = struckBy(jobs, harms);
  return {
    accepted,
    faults: harms.length,
    kills: harms.filter(({ kind }) => kind === 'kill').length,
    ...(struck !== undefined && { struck }),
    lost: lost.length,
    repeated,
    ...(recoveryMs.length > 0 && { recovery_ms: Math.round(Math.max(...recoveryMs)) }),
  };
}
