import type { Job } from '../../core/job.js';

/** SQLite reads a list as one text, which is limited and copied. */
const MOST_CHARACTERS = 4 * 2 ** 20;

/**
 * Jobs as lists for one statement each: neighbours of one queue, in their order. A list of texts, not of objects, so that
 * SQLite stores each as we wrote it.
 * @returns nothing when any of them asks for a priority or a key, which need a statement of their own
 */
export function plainLists(jobs: readonly Job[]): { readonly queue: string; readonly values: string }[] | undefined {
  if (jobs.some(({ priority, key }) => priority !== undefined || key !== undefined)) return undefined;
  const lists: { queue: string; texts: string[]; characters: number }[] = [];
  for (const job of jobs) {
    const text = JSON.stringify(job);
    const last = lists.at(-1);
    if (last === undefined || last.queue !== job.queue || last.characters > MOST_CHARACTERS)
      lists.push({ queue: job.queue, texts: [text], characters: text.length });
    else {
      last.texts.push(text);
      last.characters += text.length;
    }
  }
  return lists.map(({ queue, texts }) => ({ queue, values: JSON.stringify(texts) }));
}
