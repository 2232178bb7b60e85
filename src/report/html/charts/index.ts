import type { SectionMaker } from '../section.js';

/** Charts in the order of the page. */
export const CHARTS: readonly SectionMaker[] = [];
