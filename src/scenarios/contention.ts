import { z } from 'zod';
import type { Layout } from '../core/layout.js';
import type { ProfileName, Scenario } from '../core/scenario.js';
import type { Placement, Traits } from '../core/traits.js';
import { duration, workText } from '../core/units.js';
import { contentionLesson } from './common/contentionlesson.js';
import { contentionPhases, LEVELS, type Level, WARM_CONNECTIONS } from './common/contentionphases.js';
import { common, commonLayout, workNeeds } from './common/params.js';
import {
  ALONE_AGAIN,
  doubtfulCapacity,
  goodput,
  jobsRate,
  lateRequests,
  requestLoss,
  unstableWeb,
  webHiccups,
  webLatencies,
  webQuantile,
} from './common/web.js';

const PLACEMENTS = ['loop', 'thread', 'process'] as const;
const params = z.object({
  ...common,
  work: workText.default('cpu:5ms').describe('what a job does; also io:20ms, alloc:8MB, sqlite:1'),
  duration: duration({ min: 200, max: 3_600_000 }).default(5000).describe('length of each level'),
  placement: z
    .enum(PLACEMENTS)
    .optional()
    .describe(
      "where jobs run: loop (the web server's event loop), thread (of its process), process; default: all that the adapter allows",
    ),
  level: z
    .enum(LEVELS)
    .optional()
    .describe(
      'alone (no workers), idle (workers, no jobs), jobs (no web requests), half (of the jobs it carries), equal (same rate for all), saturated',
    ),
  equalRate: z.coerce.number().min(0.1).max(1e6).default(40).describe('jobs per second at level equal'),
  webLoad: z.coerce
    .number()
    .min(1)
    .max(95)
    .default(60)
    .describe('web requests, in percent of what the server answers alone'),
  webCpu: duration({ max: 1000 }).default(1).describe('processor time of a request, ms'),
  webWait: duration({ max: 60_000 }).default(5).describe('waiting time of a request, ms'),
  webDb: z
    .enum(['off', 'app', 'queue'])
    .default('off')
    .describe(
      "each request also reads and writes an SQLite file: app, the application's own; queue, the one with the jobs in it",
    ),
});
type P = z.infer<typeof params>;

/** What a job backend does to the web requests of the same application. */
export default {
  question: 'What do jobs do to web requests on the same machine?',
  byDefault: true,
  model: 'web requests in an open loop at a share of what the server answers alone, latency from the intended time',
  params,
  calibrate: (group) => (group.some((p) => p.level === 'half') ? ['jobsPerS', 'webPerS'] : ['webPerS']),
  together: ['level'],
  shown: ['placement', 'level'],
  colocates: true,
  samples: 'requests',
  metrics: {
    web_p50: { label: 'web p50', unit: 'ms', better: 'lower' },
    web_p99: { label: 'web p99', unit: 'ms', better: 'lower' },
    web_p999: { label: 'web p99.9', unit: 'ms', better: 'lower' },
    web_goodput: { label: 'web goodput', unit: 'req/s', better: 'higher' },
    web_loss: { label: 'web lost', unit: 'percent', better: 'lower' },
    jobs_rate: { label: 'jobs', unit: 'jobs/s', better: 'higher' },
    jobs_loss: { label: 'jobs lost to web', unit: 'percent', better: 'lower' },
    tail_index: { label: 'tail index', unit: 'index', better: 'lower' },
    interference: { label: 'interference', unit: 'index', better: 'lower' },
  },
  measured: (p) => (p.level === 'alone' ? ['alone', ALONE_AGAIN] : [p.level ?? 'saturated']),
  quantiles: { web_p50: ['web', 0.5], web_p99: ['web', 0.99], web_p999: ['web', 0.999] },
  requires: (p, traits) => ({
    ...workNeeds(p),
    ...(p.webDb === 'queue' && { store: 'sqlite-file' as const }),
    ...(p.placement && !allowed(traits).includes(p.placement) && { executes: p.placement }),
  }),
  expand(p, traits, profile) {
    const placements = p.placement ? [p.placement] : allowed(traits);
    // Without web alone beside it nobody could read what jobs did to the web.
    const levels = p.level ? withReference(p.level) : levelsOf(profile);
    return placements.flatMap((placement) => levels.map((level) => ({ ...p, placement, level })));
  },
  describe: (p, { capacity }) => `${Math.round(((capacity.webPerS ?? 0) * p.webLoad) / 100)} req/s`,
  layout([p, ...others], context): Layout {
    const wanted = new Set([p, ...others].map((one) => one.level ?? 'saturated'));
    // Web alone is the reference of every other level, so it is measured in the same processes.
    const levels = LEVELS.filter((level) => level === 'alone' || wanted.has(level));
    const phases = contentionPhases(levels, p, context);
    const web = { cpuMs: p.webCpu, waitMs: p.webWait, db: p.webDb };
    return { ...commonLayout({ ...p, producers: 1 }, phases), web: { ...web, placement: p.placement ?? 'process' } };
  },
  measure(timeline, p) {
    const level = p.level ?? 'saturated';
    if (unstableWeb(timeline, 'alone') !== undefined) return disturbed();
    const noWeb = { refused: 'no web requests at this level' };
    const web = level !== 'jobs';
    const p99 = web ? webQuantile(timeline, level, 0.99) : noWeb;
    const alone = webQuantile(timeline, 'alone', 0.99);
    const tail =
      typeof p99 === 'number' && typeof alone === 'number'
        ? Math.log2(p99 / alone)
        : { refused: 'needs web p99 with and without jobs' };
    return {
      web_p50: web ? webQuantile(timeline, level, 0.5) : noWeb,
      web_p99: p99,
      web_p999: web ? webQuantile(timeline, level, 0.999) : noWeb,
      web_goodput: web ? goodput(timeline, level) : noWeb,
      web_loss: web ? requestLoss(timeline, level) : noWeb,
      jobs_rate:
        level === 'alone' || level === 'idle' ? { refused: 'no jobs at this level' } : jobsRate(timeline, level),
      jobs_loss: level === 'saturated' ? jobsLoss(timeline) : { refused: 'only at level saturated' },
      tail_index: level === 'alone' ? { refused: 'the reference itself' } : web ? tail : noWeb,
      interference: level === 'saturated' ? interference(timeline) : { refused: 'only at level saturated' },
    };
  },
  judge(timeline, p, { capacity }) {
    const level = p.level ?? 'saturated';
    if (unstableWeb(timeline, 'alone') !== undefined)
      return [{ severity: 'environment' as const, code: 'disturbed', message: DISTURBED }];
    const growth = level === 'jobs' ? undefined : unstableWeb(timeline, level);
    const late = level === 'jobs' ? undefined : lateRequests(timeline, level);
    const findings =
      late === undefined ? [] : [{ severity: 'warning' as const, code: `web-late-${level}`, message: late }];
    const hiccups = level === 'jobs' ? undefined : webHiccups(timeline, level);
    if (hiccups) findings.push({ severity: 'warning', code: `hiccups-${level}`, message: hiccups });
    const doubt =
      level === 'jobs' || !isSaturating(p) ? undefined : doubtfulCapacity(timeline, capacity.webPerS, p.webLoad);
    if (doubt) findings.push({ severity: 'warning', code: 'web-capacity', message: doubt });
    if (growth === undefined) return findings;
    // The web tier cannot carry its own load beside these jobs: that is the answer, not a fault of the measurement.
    const beside = level === 'idle' ? 'beside workers that wait' : 'beside these jobs';
    const message = `web requests pile up ${beside}: +${Math.round(growth)} requests/s`;
    return [...findings, { severity: 'warning' as const, code: `web-unstable-${p.placement}-${level}`, message }];
  },
  spans: (timeline, p): Record<string, Float64Array> =>
    p.level === 'jobs' ? {} : { web: webLatencies(timeline, p.level ?? 'saturated') },
  lesson: contentionLesson,
} satisfies Scenario<P, string>;

/** Whether the connections of the warm-up are enough to keep the server busy, however long each request waits. */
function isSaturating({ webCpu, webWait }: { readonly webCpu: number; readonly webWait: number }): boolean {
  return WARM_CONNECTIONS * webCpu >= 2 * (webCpu + webWait);
}

function allowed(traits: Traits): readonly Placement[] {
  return traits.topology === 'shared' && traits.executes === 'loop' ? PLACEMENTS : [traits.executes];
}

function levelsOf(profile: ProfileName): readonly Level[] {
  return profile === 'quick' ? ['alone', 'idle', 'saturated'] : LEVELS;
}

function withReference(level: Level): readonly Level[] {
  return level === 'alone' || level === 'jobs' ? [level] : ['alone', level];
}

const DISTURBED = 'DISTURBED: web requests piled up without any jobs; something else kept this machine busy';

/** Web alone is far below what the server was measured to carry: when even that piles up, nothing can be compared with it. */
function disturbed() {
  const refused = { refused: DISTURBED };
  return {
    web_p50: refused,
    web_p99: refused,
    web_p999: refused,
    web_goodput: refused,
    web_loss: refused,
    jobs_rate: refused,
    jobs_loss: refused,
    tail_index: refused,
    interference: refused,
  };
}

/** How much of the rate that jobs reach without any requests is lost beside them, in percent. */
function jobsLoss(timeline: Parameters<typeof goodput>[0]) {
  if (!timeline.phases.some((phase) => phase.name === 'jobs')) return { refused: 'needs level jobs (--standard)' };
  const [without, beside] = [jobsRate(timeline, 'jobs'), jobsRate(timeline, 'saturated')];
  if (typeof without !== 'number' || typeof beside !== 'number') return { refused: 'no jobs were done' };
  return 100 * (1 - beside / without);
}

/** 2 - (web ratio + job ratio): 0 isolated, 1 pure time-sharing, above 1 destructive. */
function interference(timeline: Parameters<typeof goodput>[0]) {
  const phases = timeline.phases.map((phase) => phase.name);
  if (!phases.includes('jobs')) return { refused: 'needs level jobs (--standard)' };
  const jobsAlone = jobsRate(timeline, 'jobs');
  const jobs = jobsRate(timeline, 'saturated');
  const webAlone = goodput(timeline, 'alone');
  if (typeof jobsAlone !== 'number' || typeof jobs !== 'number') return { refused: 'no jobs were done' };
  return 2 - (goodput(timeline, 'saturated') / webAlone + jobs / jobsAlone);
}
