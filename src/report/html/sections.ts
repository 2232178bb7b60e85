import { CHARTS } from './charts/index.js';
import type { SectionMaker } from './section.js';

/** All sections in the order of the page: who reads only the beginning has read what matters most. */
export const SECTIONS: readonly SectionMaker[] = [...CHARTS];
