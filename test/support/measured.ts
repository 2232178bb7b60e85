import type { ResultFile } from '../../src/core/result.js';
import type { Contestant, Question, RunRequest } from '../../src/engine/request.js';
import { measure } from './dist.js';
import { requestFor } from './stubs.js';

/** What a run finds, of which nobody is told on the way. */
export function measured(
  contestants: readonly Contestant[],
  questions: readonly Question[],
  rest: Partial<RunRequest> = {},
): Promise<ResultFile> {
  const silent = { status: () => undefined, note: () => undefined };
  const unheard = { trial: () => undefined };
  return measure(requestFor(contestants, questions, rest), silent, unheard, new AbortController().signal);
}
