import type { Command } from 'commander';
import { addPrinting, addSettings, list } from './runoptions.js';

export const SIMULATE_EXAMPLES = `Examples:
  jobbench simulate                                        what a machine per job costs, in a few seconds
  jobbench simulate --scenario coldstart --set spawn-vm.preset=fly-suspend
  jobbench simulate --scenario keepwarm --rate 20/h -P wait=0,60,600,always-on
  jobbench simulate --scenario burst -P cap=8,16,32        what a cap does to the database
  jobbench simulate --scenario keepwarm -P trace=day.csv   your own arrivals: time,duration,queue
`;

export const SIMULATE_NOTES = `
Nothing is started and nothing of this machine is measured: the adapter's own model is lived through in
virtual time. The same seed gives the same numbers. The result file is that of \`run\`, marked virtual.

Exit codes
  0    fine
  1    a bug of jobbench
  2    wrong usage, configuration, trace or output place
  4    a cell is invalid or failed
  130  stopped by Ctrl-C (143 by SIGTERM, 129 by a closed terminal); what was simulated is saved
`;

/** Declares the options of `simulate`: those of `run` that mean something where nothing runs. */
export function addSimulateOptions(command: Command): Command {
  command.optionsGroup('What to simulate:');
  list(command, '--adapter <name|path>', 'a model, with options as spawn-vm?wait=5; repeatable, lists (default: all)');
  list(command, '--scenario <name>', 'a question; repeatable, lists (default: all that can be asked in virtual time)');
  addSettings(command);

  command.optionsGroup('How much:');
  command.option(
    '--trials <n>',
    'days that are lived through, each with other luck (default: 25 for coldstart, else 6)',
  );
  command.option('--duration <time>', 'how long jobs arrive, where a scenario has a duration');
  command.option('--jobs <n>', 'jobs of a trial, where a scenario counts jobs');
  command.option('--rate <rate>', 'jobs that arrive: 20/h, 1000000/d, 5/min, 2 (a second)');
  command.option('--work <kind>', 'what a job does, where a scenario has it: io:500ms, cpu:5ms');

  command.optionsGroup('Output:');
  command.option('--out <file|dir>', 'the result file, or a folder for it (default: results/)');
  command.option('--html <file>', 'also write the result as one HTML file that opens anywhere');
  command.option('--json', 'print the result as one JSON document in place of the table');
  addPrinting(command);

  command.optionsGroup('The simulation itself:');
  command.option('--dry-run', 'print the cells that would be simulated; write nothing');
  command.option('--seed <n>', 'of arrivals, lengths and machines (default: random, kept in the file)');
  command.option('--config <file>', 'configuration to use in place of the one that is found');
  return command;
}
