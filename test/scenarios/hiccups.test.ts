import { expect, it } from 'vitest';
import type { Usage } from '../../src/core/timeline.js';
import { hiccupText } from '../../src/scenarios/common/hiccups.js';
import { timelineOf } from '../support/timeline.js';

const usage = (process: string, phase: string, count: number, worstMs: number): Usage => ({
  process,
  phase,
  cpuMs: 0,
  peakRssBytes: 0,
  eventLoopUtilization: 0,
  loopDelayMs: 0,
  gcMs: 0,
  wallMs: 1,
  hiccups: { count, worstMs },
});
const timeline = timelineOf([], [], {
  usage: [usage('producer-0', 'open', 2, 30), usage('producer-1', 'open', 1, 4), usage('load', 'open', 9, 99)],
});

it('counts those of the phase and of who sends', () =>
  expect(hiccupText(timeline, ['open'], 'producer', 40)).toMatch(
    /^the load generator could not run 3 times .* 30\.0 ms/,
  ));
it('is silent where they explain nothing of the slow ones', () =>
  expect(hiccupText(timeline, ['open'], 'producer', 61)).toBeUndefined());
it('is silent in other phases', () => expect(hiccupText(timeline, ['warm-up'], 'load', 1)).toBeUndefined());
