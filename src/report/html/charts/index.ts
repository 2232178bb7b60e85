import type { SectionMaker } from '../section.js';
import { contention } from './contention.js';
import { cost } from './cost.js';
import { distribution } from './distribution.js';
import { fleet } from './fleet.js';
import { latency } from './latency.js';
import { lateness } from './lateness.js';
import { sweeps } from './sweep.js';
import { throughput } from './throughput.js';
import { timeSeries } from './timeseries.js';

/** Charts in the order of the page. */
export const CHARTS: readonly SectionMaker[] = [
  throughput,
  latency,
  distribution,
  timeSeries,
  sweeps,
  contention,
  lateness,
  fleet,
  cost,
];
