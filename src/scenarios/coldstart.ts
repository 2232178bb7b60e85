import { z } from 'zod';
import type { LessonCell, Scenario } from '../core/scenario.js';
import type { Timeline } from '../core/timeline.js';
import { count, duration } from '../core/units.js';
import { digits } from './common/lesson.js';
import { common, commonLayout, workNeeds } from './common/params.js';
import { knowsPhases, type PhaseName, phaseMs } from './common/phases.js';

const { producers: _, warmup: __, ...shared } = common;
const JOBS = ['first', 'second', 'after-idle'] as const;

const params = z.object({
  ...shared,
  work: common.work.default('io:500ms'),
  job: z.enum(JOBS).optional().describe('which of the three jobs; all of them when not given'),
  gap: duration({ min: 1, max: 3_600_000 }).default(10_000).describe('from the first job to the second'),
  idle: duration({ min: 1, max: 30 * 86_400_000 })
    .default(70_000)
    .describe('from the second job to the third: longer than machines stay warm'),
  attempts: count({ min: 1, max: 100 })
    .optional()
    .describe('tries of a job in all, where machines fail to boot (spawn-vm.bootFailure) or die in the midst of it'),
});
type P = z.infer<typeof params>;

const PHASES = { queue: 'queue', provision: 'provision', boot: 'boot', app_boot: 'appBoot', resume: 'resume' } as const;

/** Where the time of a job goes that finds nothing warm, and of one that does. */
export default {
  question: 'Where does the time of the first job go, of the second, and of one after a long rest?',
  byDefault: false,
  virtual: true,
  model: 'three single jobs, phases as the machines saw them',
  params,
  calibrate: () => [],
  metrics: {
    total: { label: 'from due to done', unit: 'ms', better: 'lower' },
    queue: { label: 'waiting for nothing that was started for it', unit: 'ms', better: 'lower' },
    provision: { label: 'asking for a machine', unit: 'ms', better: 'lower' },
    boot: { label: 'boot of the machine', unit: 'ms', better: 'lower' },
    app_boot: { label: 'boot of the application', unit: 'ms', better: 'lower' },
    resume: { label: 'waking a suspended machine', unit: 'ms', better: 'lower' },
    run: { label: 'the job itself', unit: 'ms', better: 'lower' },
    linger: { label: 'the machine stayed warm after it', unit: 'ms', better: 'lower' },
  },
  together: ['job'],
  shown: ['job'],
  requires: (p) => ({ ...workNeeds(p), ...((p.attempts ?? 1) > 1 && { retries: true }) }),
  expand: (p) => (p.job === undefined ? JOBS.map((job) => ({ ...p, job })) : [p]),
  layout([p]) {
    const atMs = [0, p.gap, p.gap + p.idle];
    const jobs = { kind: 'listed' as const, atMs, durationMs: p.gap + p.idle + 1 };
    const like = { ...p, producers: 1, warmup: 0 };
    const layout = commonLayout(like, [{ name: 'jobs', workers: 'on', jobs, until: 'settled' }]);
    return p.attempts === undefined ? layout : { ...layout, attempts: p.attempts };
  },
  measure(timeline, p) {
    const index = JOBS.indexOf(p.job ?? 'first');
    const [due = Number.NaN, started = Number.NaN, finished = Number.NaN] = [
      timeline.due[index],
      timeline.started[index],
      timeline.finished[index],
    ];
    const told = knowsPhases(timeline);
    const of = (phase: PhaseName) =>
      told ? (phaseMs(timeline, phase, index) ?? 0) : { refused: 'it starts no machines' };
    return {
      total: finished - due,
      queue: told ? of('queue') : started - due,
      provision: of('provision'),
      boot: of('boot'),
      app_boot: of('appBoot'),
      resume: of('resume'),
      run: told ? of('run') : finished - started,
      linger: lingered(timeline, index),
    };
  },
  lesson(cells) {
    const adapters = [...new Set(cells.map(({ adapter }) => adapter))];
    const said = adapters.flatMap((adapter) => sentence(cells.filter((cell) => cell.adapter === adapter)));
    return said.length === 0 ? undefined : said.join(' ');
  },
} satisfies Scenario<P, string>;

/** The last machine may linger beyond the end of the trial: what is known of it then says nothing. */
function lingered(timeline: Timeline, index: number) {
  if (!knowsPhases(timeline)) return { refused: 'it starts no machines' };
  if (index === JOBS.length - 1) return { refused: 'the trial ends with the last job' };
  return phaseMs(timeline, 'linger', index) ?? 0;
}

function sentence(cells: readonly LessonCell[]): string[] {
  const values = (job: string) => cells.find(({ params: { job: own } }) => own === job)?.values;
  const [first, second, idle] = JOBS.map(values);
  if (first?.total === undefined || second?.total === undefined || idle?.total === undefined) return [];
  const ms = (value: number) => `${digits(value)} ms`;
  const parts = Object.keys(PHASES)
    .map((name) => [name.replace('_', ' '), first[name] ?? 0] as const)
    .filter(([, value]) => value > 0.05 * (first.total ?? 0));
  const where = parts.length === 0 ? '' : ` (${parts.map(([name, value]) => `${name} ${ms(value)}`).join(', ')})`;
  const adapter = cells[0]?.adapter ?? '';
  return [
    `${adapter}: the first job takes ${ms(first.total)}${where}, the next ${ms(second.total)}, one after a rest ${ms(idle.total)}.`,
  ];
}
