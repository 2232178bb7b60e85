import { optionsOf } from './family.js';

/** Settings that queues in SQLite are tried with, for each column: `{ column: { text: changes of a run } }`. */

const FOUR = { workers: 4 };
const LOG = { pragmas: ['wal_autocheckpoint = 4000'] };
/** Only where nobody else opens the file. */
const ALONE = { pragmas: [...LOG.pragmas, 'locking_mode = EXCLUSIVE'] };
const inserts = optionsOf({
  'as its README has it': {},
  'log of 4,000 pages': LOG,
  'log of 4,000 pages, file locked for itself': ALONE,
});
const shared = {
  '1 worker, no wait between two looks': {},
  '4 workers in a process, no wait': FOUR,
  '4 workers, log of 4,000 pages': { ...FOUR, ...LOG },
};
const alone = optionsOf({
  ...shared,
  '4 workers, log of 4,000 pages, file locked for themselves': { ...FOUR, ...ALONE },
});

export const PLAINJOB = { enqueue: inserts, drain: alone, together: alone, apart: optionsOf(shared) };

/** @param columns of PLAINJOB, with these options besides */
export const plainjobWith = (options, ...columns) =>
  Object.fromEntries(
    columns.map((column) => [
      column,
      Object.fromEntries(
        Object.entries(PLAINJOB[column]).map(([text, run]) => [text, { options: { ...run.options, ...options } }]),
      ),
    ]),
  );

const thousand = { batchSize: 1000 };
const batches = {
  'batches of 1,000': thousand,
  'batches of 1,000, 2 at once': { ...thousand, concurrent: 2 },
  'batches of 1,000, no id': { ...thousand, id: false },
};

export const BETTERQUEUE = {
  enqueue: optionsOf({ 'a field as id': {}, 'no id': { id: false } }),
  drain: optionsOf({ 'batches of 100, 4 at once': { concurrent: 4, batchSize: 100 }, ...batches }),
  together: optionsOf({
    'batches of 64, no id': { batchSize: 64, id: false },
    ...batches,
  }),
};
