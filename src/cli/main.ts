import { Command, CommanderError } from 'commander';
import { describeError, type ErrorCode, JobbenchError } from '../core/errors.js';
import { overhear } from '../core/overheard.js';
import { hideValues, redact } from '../core/secrets.js';
import { addCommands } from './commands.js';
import type { Io } from './io.js';
import { version } from './version.js';

const EXAMPLES = `Examples:
  jobbench run                                       every adapter that works here
  jobbench run --adapter sqlite,threads --standard   numbers to publish, of two
  jobbench list                                      what can be measured here, with all options
  jobbench doctor                                    is this machine fit to measure on
`;

/**
 * The program: arguments in, exit code out. Without arguments it prints its help and succeeds: asking what there
 * is, is no mistake.
 */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  hideValues(io.env);
  if (io.env.JOBBENCH_DEBUG === '1') overhear((text) => io.stderr.write(text));
  let code = 0;
  const program = createProgram(argv, io, (exit) => {
    code = exit;
  });
  if (argv.length === 0) {
    program.outputHelp();
    return 0;
  }
  try {
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    return explain(error, io);
  }
}

function createProgram(argv: readonly string[], io: Io, done: (code: number) => void): Command {
  const program = new Command('jobbench')
    .description('Measures background job backends on your own machine, and accounts for every job.')
    .version(version())
    .exitOverride()
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: false })
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      outputError: (text, write) => write(redact(text.replace(/^error: /, 'jobbench: '))),
      getOutHelpWidth: () => Math.min(io.stdout.columns ?? 100, 120),
      getErrHelpWidth: () => Math.min(io.stderr.columns ?? 100, 120),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .addHelpText('before', EXAMPLES)
    .addHelpText('after', '\n`jobbench COMMAND --help` shows the examples and options of a command.');
  addCommands(program, argv, io, done);
  return program;
}

const EXIT: Readonly<Record<ErrorCode, number>> = {
  USAGE: 2,
  ENVIRONMENT: 3,
  ABORTED: 130,
  UNSUPPORTED: 1,
  TIMEOUT: 1,
  CHILD: 1,
};

/** Says what went wrong in a sentence. A stack is for those who ask for it by JOBBENCH_DEBUG=1. */
function explain(error: unknown, io: Io): number {
  // Commander has said it already; its help and version end by an error of exit code 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const known = error instanceof JobbenchError;
  const sentence = known ? redact(error.message) : `internal error (a bug): ${describeError(error)}`;
  io.stderr.write(`jobbench: ${sentence}\n`);
  if (io.env.JOBBENCH_DEBUG === '1') io.stderr.write(`${redact(traceOf(error))}\n`);
  else if (!known) io.stderr.write('Run it again with JOBBENCH_DEBUG=1 to see where, and please report it.\n');
  return known ? EXIT[error.code] : 1;
}

function traceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const trace = error.stack ?? error.message;
  return error.cause === undefined ? trace : `${trace}\ncaused by: ${traceOf(error.cause)}`;
}
