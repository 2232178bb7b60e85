import type { Command } from 'commander';
import { addAbOptions } from './aboptions.js';
import { addCompareOptions } from './compareoptions.js';
import type { Io } from './io.js';
import { addReportOptions } from './reportoptions.js';
import { addRunOptions, RUN_EXAMPLES, RUN_NOTES } from './runoptions.js';
import { addSimulateOptions, SIMULATE_EXAMPLES, SIMULATE_NOTES } from './simulateoptions.js';
import { addVerifyOptions, VERIFY_EXAMPLES, VERIFY_NOTES } from './verifyoptions.js';

const LIST_EXAMPLES = `Examples:
  jobbench list                  adapters and scenarios, and whether each works here
  jobbench list adapters
  jobbench list sqlite           one of them
  jobbench list scenarios --json
`;

const DOCTOR_EXAMPLES = `Examples:
  jobbench doctor                can this machine measure, and what should be fixed first
  jobbench doctor --json
`;

/**
 * Declares the commands. What a command needs is imported when it runs, so that help stays quick.
 * @param done receives the exit code
 */
export function addCommands(program: Command, argv: readonly string[], io: Io, done: (code: number) => void): void {
  addRunOptions(program.command('run'))
    .summary('measure: scenarios x adapters, trials interleaved; table to stdout, JSON to results/')
    .description('Measures adapters by scenarios: trials interleaved, every job accounted for.')
    .addHelpText('before', RUN_EXAMPLES)
    .addHelpText('after', RUN_NOTES)
    .action(async (_, command: Command) => {
      const { run } = await import('./run.js');
      done(await run(command, argv, io));
    });

  addAbOptions(program.command('ab'))
    .summary('A against B interleaved on this machine; verdict and exit code (the gate for CI)')
    .description('Measures two arms in turn, and says whether the second is slower than the first.')
    .action(async (_, command: Command) => {
      const { ab } = await import('./ab.js');
      done(await ab(command, argv, io));
    });

  addCompareOptions(program.command('compare'))
    .summary('two result files, or with --by adapter the cells inside one; verdict and exit code')
    .description('Compares two result files, or the adapters inside one, and says what can be said.')
    .action(async (base: string, head: string | undefined, _, command: Command) => {
      const { compare } = await import('./compare.js');
      done(await compare([base, head], command, io));
    });

  addReportOptions(program.command('report'))
    .summary('one HTML file that opens anywhere, from result files')
    .description('Makes a report of result files that people would rather look at than read.')
    .action(async (files: string[], _, command: Command) => {
      const { report } = await import('./report.js');
      done(await report(files, command, io));
    });

  addVerifyOptions(program.command('verify'))
    .summary('does an adapter keep its promises? kills workers, producers and servers to find out')
    .description('Tries every promise of adapters, mostly by killing things, and says which were kept.')
    .addHelpText('before', VERIFY_EXAMPLES)
    .addHelpText('after', VERIFY_NOTES)
    .action(async (_, command: Command) => {
      const { verify } = await import('./verify.js');
      done(await verify(command, argv, io));
    });

  addSimulateOptions(program.command('simulate'))
    .summary('spawn-vm in virtual time: cold starts, keep-warm waits, bursts; same result file, same reports')
    .description('Lives through scenarios in virtual time, and says what machines that start and stop cost.')
    .addHelpText('before', SIMULATE_EXAMPLES)
    .addHelpText('after', SIMULATE_NOTES)
    .action(async (_, command: Command) => {
      const { simulate } = await import('./simulate.js');
      done(await simulate(command, argv, io));
    });

  program
    .command('list')
    .argument('[what]', 'adapters, scenarios, or the name of one (default: all)')
    .option('--json', 'print one JSON document')
    .summary('adapters, scenarios: summary, traits, options, available or why not')
    .description('Shows what can be measured here: adapters and scenarios with all their options.')
    .addHelpText('before', LIST_EXAMPLES)
    .action(async (what: string | undefined, options: { json?: boolean }) => {
      const { list } = await import('./list.js');
      done(await list(what, options.json ? 'json' : 'text', io));
    });

  program
    .command('doctor')
    .option('--json', 'print one JSON document')
    .summary('this machine: cores, timers, noise, drivers, servers; what to fix')
    .description('Looks at this machine as a place to measure on. Exit code 3 when nothing can be measured.')
    .addHelpText('before', DOCTOR_EXAMPLES)
    .action(async (options: { json?: boolean }) => {
      const { doctor } = await import('./doctor.js');
      done(await doctor(options.json ? 'json' : 'text', io));
    });
}
