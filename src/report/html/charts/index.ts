import type { SectionMaker } from '../section.js';
import { distribution } from './distribution.js';
import { latency } from './latency.js';
import { throughput } from './throughput.js';

/** Charts in the order of the page. */
export const CHARTS: readonly SectionMaker[] = [throughput, latency, distribution];
