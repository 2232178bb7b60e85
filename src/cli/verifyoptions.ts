import { type Command, Option } from 'commander';
import { addPrinting, list } from './runoptions.js';

export const VERIFY_EXAMPLES = `Examples:
  jobbench verify                                       every adapter that works here, a minute each at most
  jobbench verify --adapter sqlite --level full         20,000 jobs, more kills, long leases: up to ten minutes
  jobbench verify --adapter 'redis?persistence=aof'     the promise of these options
  jobbench verify --adapter ./mine.js --json            an adapter of your own, one JSON document
  jobbench verify --adapter sqlite --seed 7             the same kills at the same moments again
`;

export const VERIFY_NOTES = `
What is tried is chosen by what an adapter declares. Workers and producers are killed, frozen and stopped under load;
so is a server that jobbench started itself. Each line of the outcome is one of
  proved       tried here, and kept
  VIOLATED     tried here, and broken
  not claimed  the adapter promises nothing of the kind
  not tested   promised, but it could not be tried, and why; so where jobs are lost even without a fault, told once

What was found is kept in results/promises.json, or where --out says. jobbench run marks with ✓ what was proved for the
same options, versions (of the server, too), machine, and code of the adapter. It looks for promises.json in results/ and
in the folder of its own result; the newest counts.
--json prints it all in one document, also where something is violated, missing or stopped: "failures" names adapter, case
and error code, "untried" the adapters that were not tried and why.

Exit codes
  0    nothing was violated
  2    wrong usage
  3    a backend, driver or server is missing
  4    a promise was violated
  130  stopped by Ctrl-C (143 by SIGTERM, 129 by a closed terminal)
`;

/** Declares the options of `verify`. */
export function addVerifyOptions(command: Command): Command {
  command.optionsGroup('What to try:');
  list(
    command,
    '--adapter <name|path>',
    'a backend, with options as sqlite?lease=1s; repeatable, lists (default: all)',
  );
  list(
    command,
    '--set <adapter.key=value>',
    'an option of an adapter; repeatable; `jobbench list adapters` has their names',
  );
  command.addOption(
    new Option('--level <level>', 'quick: a minute an adapter; full: up to ten')
      .choices(['quick', 'full'])
      .default('quick'),
  );
  command.option('--seed <n>', 'of moments and histories; the same seed repeats them (default: random, and printed)');
  command.option('--timeout <time>', 'deadline of each wait for the adapter (default: 30s)');
  command.optionsGroup('Output:');
  command.option('--json', 'print one JSON document in place of the matrix');
  command.addOption(
    new Option('--markdown', 'print the matrix as Markdown, as docs/promises.md has it').conflicts('json'),
  );
  command.option('--out <file|dir>', 'where to keep what was found (default: results/promises.json)');
  addPrinting(command);
  command.optionsGroup('The run itself:');
  command.option('--config <file>', 'configuration to use in place of the one that is found');
  command.option('--allow-remote', 'let adapters use servers on other hosts');
  return command;
}
