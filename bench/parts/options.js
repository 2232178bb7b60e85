import { ours } from '../lib/contenders.js';
import { family } from '../lib/family.js';
import { allFilled, prefilled } from '../lib/prefilled.js';
import { measures } from '../options/measures.js';
import { QUESTIONS } from '../options/questions.js';

/**
 * An adapter as shipped beside the same with one option changed, where the option matters.
 * @returns `{ families }`: one comparison for each question; the first contender of each is the adapter as shipped
 */
export async function options({ workshop, ...context }) {
  const families = {};
  for (const [key, question] of Object.entries(QUESTIONS))
    families[key] = await asked(key, question, workshop, context);
  return { key: 'options', title: 'What each option is worth', families };
}

async function asked(key, { adapter, title, modes, waiting, measure, shipped = {}, others }, workshop, context) {
  const written = { [adapter]: shipped, ...others };
  const all = await Promise.all(
    Object.entries(written).map(([label, changed]) => contender(adapter, label, { ...shipped, ...changed }, workshop)),
  );
  let copy;
  const fill = async (one) => {
    copy = await prefilled(one, waiting, workshop);
  };
  const [asShipped] = waiting ? await allFilled([all[0]], fill, context) : all;
  const { missing } = asShipped; // without it there is nothing to compare with, and no copy
  const contenders = missing === undefined ? all : all.map((one) => ({ ...one, missing }));
  const on = measures({ workshop, copy, waiting });
  const found = await family({ key, title, modes, contenders, measure: (one) => on[measure](one) }, context);
  return found;
}

/** @param set options as a user writes them behind the adapter's name: `claimBatch=1` */
async function contender(adapter, label, { set = '', concurrency, workers = 1, shows }, workshop) {
  const options = Object.fromEntries(new URLSearchParams(set));
  const found = await ours(adapter, workshop, { options, label, settings: set || 'as shipped', concurrency });
  return { ...found, ...(shows && { shows }), ...(found.run && { run: { ...found.run, workers } }) };
}
