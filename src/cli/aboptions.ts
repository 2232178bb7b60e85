import { type Command, Option } from 'commander';
import { given } from './compareoptions.js';
import { addConduct, addLengths, addLoad, addPrinting, addProfiles, addSettings, list } from './runoptions.js';

const EXAMPLES = `Examples:
  jobbench ab --a sqlite --b 'sqlite?synchronous=full'        what does an option cost?
  jobbench ab --a ./base/adapter.js --b ./head/adapter.js     is the new build slower?
  jobbench ab --a sqlite --b redis --scenario latency --rate 100
  jobbench ab --aa --a sqlite                                 how far does identical code fall apart here?
  jobbench ab --a A --b B --format github                     the same in CI, with annotations
`;

const NOTES = `
A and B are measured in turn: a block is one trial of each, in random order, one right after the
other, with the same load and the same arrivals. So what the machine does meanwhile happens to both.
After 12 blocks an exact test looks at the pairs; if that cannot tell, 12 more blocks are measured
and looked at once. No third look: measuring until something shows is how false alarms are made.
Fewer than 10 blocks (8 are the fewest) can show no change at the first look, whatever they see:
they can only pass there, and anything else waits for the second.

Verdicts: regression (real, and the threshold may be reached), small (real, below the threshold),
pass (a regression of the threshold is excluded), improvement, inconclusive. Changes under 2% are
never called real. Metrics gate at 5% (rates), 10% (p50) and 25% (p99); --threshold sets one for
all. More than six gated metrics cannot be settled by 12 blocks: name what matters by --metric.

A block that was disturbed from outside (a stepped clock, a host that took the processor away) is
left out and counted; of more than a quarter nothing is concluded.

--aa measures one thing against itself, and adds what it saw to history.json beside the results:
from five such runs on, \`jobbench compare\` knows how far two files fall apart without any change.

Exit codes
  0    no regression (pass, small, improvement); with --aa: measured and learned
  2    wrong usage, a named metric missing, or a gated one that one side lacks
  3    a backend, driver or server is missing, or one was lost
  4    a trial broke a promise or failed, or more than a quarter of the blocks was disturbed
  5    inconclusive
  99   regression
  130  stopped by Ctrl-C (143 by SIGTERM, 129 by a closed terminal); what was measured is saved, nothing is concluded
`;

/** Declares the options of `ab`. Values stay text here: they are validated together with environment and file. */
export function addAbOptions(command: Command): Command {
  command.addHelpText('before', EXAMPLES).addHelpText('after', NOTES);

  command.optionsGroup('What to compare:');
  command.option('--a <arm>', 'base: an adapter, with options as sqlite?synchronous=full, or a file of one');
  command.option('--b <arm>', 'head: what is compared with it');
  command.option('--aa', 'measure A against itself, and learn the noise of this machine');
  list(command, '--scenario <name>', 'a question; repeatable, lists (default: throughput)');
  addSettings(command);
  list(command, '--metric <name>', 'only these, and all of them gate; repeatable, lists');
  command.option('--threshold <percent>', 'the least slowdown that counts as a regression (default: by metric)', given);

  command.optionsGroup('How long:');
  command.option(
    '--blocks <n>',
    'blocks until the first look; the second comes after as many again (default: 12; fewest: 8)',
  );
  addProfiles(command, {
    quick: 'short trials, a second or less for throughput; the default',
    standard: 'trials of 5 s',
    thorough: 'trials of 15 s',
  });
  addLengths(command);

  command.optionsGroup('Load:');
  addLoad(command);

  command.optionsGroup('Output:');
  command.option('--format <name>', 'table, markdown, json or github (default: table)');
  command.option('--json', 'the same as --format json');
  list(
    command,
    '--export <format=path>',
    'write another file too: github-action-benchmark, bencher, junit or json; repeatable',
  );
  command.option('--out <file|dir>', 'the result file, or a folder for it (default: results/)');
  addPrinting(command);

  command.optionsGroup('The run itself:');
  addConduct(command);
  command.addOption(new Option('--adapter <name>').hideHelp());
  return command;
}
