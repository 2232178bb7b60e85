import { CHARTS } from './charts/index.js';
import { machine } from './machine.js';
import { promises } from './promises.js';
import { raw } from './raw.js';
import type { SectionMaker } from './section.js';
import { summary } from './summary.js';
import { verdict } from './verdict.js';

/** All sections in the order of the page: who reads only the beginning has read what matters most. */
export const SECTIONS: readonly SectionMaker[] = [verdict, summary, ...CHARTS, promises, machine, raw];
