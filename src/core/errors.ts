import { redact } from './secrets.js';

/** What kind of trouble it is: decides the exit code, so that scripts can tell a bug from a missing server. */
export type ErrorCode =
  | 'USAGE' // wrong arguments, configuration or files: exit 2
  | 'ENVIRONMENT' // a backend, driver or server that is not there: exit 3
  | 'UNSUPPORTED' // an adapter was asked for what its traits do not declare
  | 'TIMEOUT' // a wait reached its deadline
  | 'CHILD' // a process of a trial died or reported an error
  | 'ABORTED'; // the user asked to stop

/** An error that users may see: a code for programs, a sentence with the next step for people, and the cause. */
export class JobbenchError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'JobbenchError';
    this.code = code;
  }
}

/** Shorthand for the refusal of a capability that traits do not declare. */
export function unsupported(adapter: string, what: string): JobbenchError {
  return new JobbenchError('UNSUPPORTED', `${adapter} does not support ${what}`);
}

/** The code of anything thrown, if it carries one: ours, Node's or a client's. */
export function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}

/**
 * One line about any error, safe to print: credentials inside URLs are removed, and only the first line is kept,
 * because client errors are known to carry connection strings and arguments.
 */
export function describeError(error: unknown): string {
  const message = textOf(error instanceof Error ? error.message : error);
  // Cut before, because texts of a megabyte are slow to search; and after, so that no half of a secret ends it.
  return redact((message.split('\n')[0] ?? '').slice(0, 2000)).slice(0, 500);
}

/** Of anything at all: some things that are thrown cannot be made a text. */
function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return 'an error that says nothing of itself';
  }
}
