import { codeOf, describeError, JobbenchError } from '../../core/errors.js';
import { PROMISES_FORMAT, PROMISES_VERSION, type Proof } from '../../core/promises.js';
import type { Untried, Verification } from '../../core/verification.js';

/** The document of `verify --json`. @param error what ended it before its time */
export function verificationOf(proofs: readonly Proof[], untried: readonly Untried[], error?: unknown): Verification {
  const ended = error === undefined ? undefined : { code: errorCode(error), message: describeError(error) };
  return {
    format: PROMISES_FORMAT,
    version: PROMISES_VERSION,
    status: ended === undefined ? 'complete' : ended.code === 'ABORTED' ? 'aborted' : 'failed',
    ...(ended !== undefined && { error: ended }),
    failures: proofs.flatMap(failuresOf),
    untried: [...untried],
    proofs: [...proofs],
  };
}

function failuresOf({ adapter, findings }: Proof): Verification['failures'] {
  return findings
    .filter(({ status }) => status === 'violated')
    .map(({ name, code = 'VIOLATED', violations }) => ({ adapter: adapter.label, case: name, code, violations }));
}

/** What is no error of ours is a bug, whatever it calls itself. */
export function errorCode(error: unknown): string {
  return error instanceof JobbenchError ? error.code : (codeOf(error) ?? 'INTERNAL');
}
