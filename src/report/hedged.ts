import type { Cell, ResultFile } from '../core/result.js';
import { FEWEST_TRIALS } from './comparison/blind.js';

/** What a scenario learned, as sure as its trials are: fewer than a verdict takes tell no two rows apart. */
export function hedged(lesson: string, cells: readonly Cell[], run: Pick<ResultFile['run'], 'virtual'>): string {
  const ok = cells.filter(({ status }) => status === 'ok');
  const compared = ok.length > 1;
  const most = Math.max(0, ...ok.map(({ trials }) => trials.filter(({ setAside }) => setAside === undefined).length));
  if (lesson === '' || run.virtual || !compared || most >= FEWEST_TRIALS.interleaved) return lesson;
  return `${lesson} ~ ${most} ${most === 1 ? 'trial' : 'trials'} cannot tell such differences from noise.`;
}
