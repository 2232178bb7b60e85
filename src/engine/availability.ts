import type { Remedy } from '../core/adapter.js';
import { describeError } from '../core/errors.js';
import { redact } from '../core/secrets.js';
import { within } from './deadline.js';
import type { Contestant } from './request.js';

/** An answer that takes longer is none. */
const ANSWER_MS = 10_000;

/** Why a contestant cannot run here, safe to show; undefined when it can. */
export async function whyUnavailable(
  { adapter, ref }: Contestant,
  allowed?: { readonly allowRemote: boolean },
): Promise<Remedy | undefined> {
  try {
    // An async function, so that an adapter that throws at once is an adapter that rejects.
    const answer = (async () => adapter.unavailable?.(ref.options, allowed))();
    const why = await within(answer, ANSWER_MS, `${ref.name} to say whether it can run here`);
    return why && { reason: redact(String(why.reason)), remedy: redact(String(why.remedy)) };
  } catch (error) {
    return { reason: describeError(error), remedy: '`jobbench doctor` shows what this machine has' };
  }
}
