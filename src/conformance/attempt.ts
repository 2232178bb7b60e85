import { describeError } from '../core/errors.js';
import { seconds } from './check.js';

/** What became of an enqueue. Hung: no answer of any kind within the limit, which is ours and nobody's refusal. */
export type Attempt =
  | { readonly how: 'accepted' }
  | { readonly how: 'hung' }
  | { readonly how: 'refused'; readonly why: string };

/** @param accepting resolves when the backend has accepted */
export async function attempted(accepting: Promise<unknown>, limitMs: number): Promise<Attempt> {
  try {
    return { how: (await endedWithin(accepting, limitMs)) ? 'accepted' : 'hung' };
  } catch (error) {
    return { how: 'refused', why: describeError(error) };
  }
}

/** Whether it was over in time; rejects as it does. */
export async function endedWithin(act: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  act.catch(() => undefined); // what comes too late is told to nobody
  try {
    return await Promise.race([act.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** @returns a violation where some of these never answered, and how many were accepted */
export function tallied(tries: readonly Pick<Attempt, 'how'>[], hungMs: number) {
  const of = (how: Attempt['how']) => tries.filter((one) => one.how === how).length;
  const said = `${of('hung')} of ${tries.length} enqueues had not ended ${seconds(hungMs)} after the call`;
  return { accepted: of('accepted'), refused: of('refused'), hung: of('hung') > 0 ? [said] : [] };
}
