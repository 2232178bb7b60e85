import { z } from 'zod';

/**
 * What identical code has measured of itself, run after run: the file from which `compare` learns how far two runs
 * fall apart without any change. It lies beside the results; unknown fields are kept.
 */
export const HISTORY_FORMAT = 'jobbench-history';
export const HISTORY_VERSION = 1;

const HistoryEntrySchema = z.looseObject({
  run: z.string().describe('id of the A/A run: its entries were measured within minutes of each other'),
  at: z.string().describe('when that run began'),
  machine: z.string().describe('noise belongs to a machine: entries of another one are not used'),
  code: z.string().describe('what was measured, with versions: only runs of the same code differ by noise alone'),
  scenario: z.string(),
  adapter: z.string().describe('name and options: the noise of one adapter says nothing of another'),
  cell: z.string(),
  metric: z.string(),
  base: z.number().positive().describe('median of the trials of one arm'),
  head: z.number().positive().describe('median of the trials of the other arm, which is the same code'),
  trials: z.int().positive().describe('of each arm'),
});

export const HistorySchema = z.looseObject({
  format: z.literal(HISTORY_FORMAT),
  version: z.literal(HISTORY_VERSION),
  entries: z.array(HistoryEntrySchema),
});

export type HistoryEntry = z.infer<typeof HistoryEntrySchema>;
export type History = z.infer<typeof HistorySchema>;

export function emptyHistory(): History {
  return { format: HISTORY_FORMAT, version: HISTORY_VERSION, entries: [] };
}
