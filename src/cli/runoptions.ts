import { type Command, Option } from 'commander';

/** Options that are given several times, or as a list. */
export const LISTS = ['adapter', 'scenario', 'set', 'param'] as const;

/** Options that are on or off. */
export const SWITCHES = ['json', 'quiet', 'progress', 'dryRun', 'allowRemote', 'keep'] as const;

/** Options that are one text each. */
export const VALUES = ['profile', 'trials', 'seed', 'timeout', 'out', 'html', 'color'] as const;

/** Shorthands: params of the same names, for every chosen scenario that has them. */
export const SHORTHANDS = [
  'warmup',
  'duration',
  'jobs',
  'producers',
  'workers',
  'concurrency',
  'rate',
  'batch',
  'work',
  'payload',
] as const;

export const RUN_EXAMPLES = `Examples:
  jobbench run                                            every adapter that works here
  jobbench run --adapter sqlite,redis --scenario latency  two adapters, one question
  jobbench run --adapter 'sqlite,sqlite?synchronous=full' --scenario throughput
  jobbench run --scenario latency --rate 100,200,400      a list makes a cell of each value
  jobbench run -P latency.concurrency=1..64x2             a range: 1, 2, 4 ... 64
  jobbench run --adapter ./mine.js --json > result.json   an adapter of your own
  jobbench run --standard --dry-run                       what it would do, and how long it takes
`;

export const RUN_NOTES = `
Without --quick, --standard or --thorough a run is quick, on a terminal or not: the same command
measures the same everywhere. Intervals need 6 trials, so publish numbers from --standard.

A param takes a list (1,2,4), a range by factor (1..64x2) or by step (1..10+3); each combination
is a cell. \`jobbench list\` shows the options of adapters and the params of scenarios.

Every option may also stand in the environment (JOBBENCH_TRIALS=5, JOBBENCH_PROFILE=standard,
JOBBENCH_DRY_RUN=1), or in jobbench.config.json, or in package.json under "jobbench":
  { "trials": 5, "adapter": ["sqlite"], "set": { "sqlite.synchronous": "full" } }
Flags beat the environment, which beats the file.

Exit codes
  0    fine
  1    a bug of jobbench
  2    wrong usage, configuration or output place
  3    nothing could be measured because a backend, driver or server is missing, or one was lost
  4    a cell is invalid or failed: lost, repeated or early jobs, rate not held, a deadline
  130  stopped by Ctrl-C (143 by SIGTERM, 129 by a closed terminal); what was measured is saved
`;

/** Declares the options of `run`. Values stay text here: they are validated together with environment and file. */
export function addRunOptions(command: Command): Command {
  command.optionsGroup('What to measure:');
  list(
    command,
    '--adapter <name|path>',
    'a backend, with options as sqlite?synchronous=full; repeatable, lists (default: all)',
  );
  list(command, '--scenario <name>', 'a question; repeatable, lists (default: throughput, latency, contention)');
  addSettings(command);

  command.optionsGroup('How long:');
  addProfiles(command);
  command.option('--trials <n>', 'trials of each cell (default: 1 or 2 quick, 6 standard, 12 thorough)');
  addLengths(command);

  command.optionsGroup('Load:');
  addLoad(command);

  command.optionsGroup('Output:');
  command.option('--out <file|dir>', 'the result file, or a folder for it (default: results/)');
  command.option('--html <file>', 'also write the result as one HTML file that opens anywhere');
  command.option('--json', 'print the result as one JSON document in place of the table');
  addPrinting(command);

  command.optionsGroup('The run itself:');
  addConduct(command);
  return command;
}

export function list(command: Command, flags: string, description: string): void {
  command.option(flags, description, (value: string, before: string[] = []) => [...before, value]);
}

export function addSettings(command: Command): void {
  list(
    command,
    '--set <adapter.key=value>',
    'an option of an adapter; repeatable; `jobbench list adapters` has their names',
  );
  list(
    command,
    '-P, --param <[scenario.]key=values>',
    'a param of scenarios; repeatable; `jobbench list scenarios` has their names',
  );
}

export function addLengths(command: Command): void {
  command.option('--warmup <time>', 'unmeasured at the start of a trial: 500ms, 5s, 1m30s');
  command.option('--duration <time>', 'measured part of a trial');
  command.option('--jobs <n>', 'jobs of a trial, where a scenario counts jobs');
  command.option('--timeout <time>', 'deadline of each phase of a trial, beyond its own duration (default: 60s)');
}

export function addLoad(command: Command): void {
  command.option('--producers <n>', 'processes that enqueue');
  command.option('--workers <n>', 'processes that execute');
  command.option('--concurrency <n>', 'jobs at once per worker');
  command.option(
    '--rate <n|percent>',
    'jobs per second, or a share of the measured capacity: 500, 50% (above 100%: overload)',
  );
  command.option('--batch <n>', 'jobs per call of the bulk path');
  command.option('--work <kind>', 'what a job does: noop, cpu:5ms, io:20ms, alloc:8MB, sqlite:1, fail:2');
  command.option('--payload <size>', 'bytes that a job carries: 256B, 4kB, 1MB');
}

export function addPrinting(command: Command): void {
  command.option('--quiet', 'print nothing but the result, and errors');
  command.option('--no-progress', 'print no progress');
  command.addOption(new Option('--color <when>', 'auto, always or never (default: auto)'));
}

export function addConduct(command: Command): void {
  command.option('--dry-run', 'print the plan and how long it will take; measure and write nothing');
  command.option(
    '--seed <n>',
    'of schedules and orders; the same seed repeats them (default: random, kept in the file)',
  );
  command.option('--config <file>', 'configuration to use in place of the one that is found');
  command.option('--allow-remote', 'let adapters use servers on other hosts');
  command.option('--keep', 'keep the scratch folders');
}

/** How long a run takes where nothing else is said. */
const OF_RUN = {
  quick: 'under two minutes for the embedded backends, three with Redis; the default',
  standard: 'numbers to publish: 6 trials of 5 s',
  thorough: '12 trials of 15 s',
};

/** @param profiles what each stands for in this command */
export function addProfiles(command: Command, profiles: Readonly<Record<string, string>> = OF_RUN): void {
  for (const [name, description] of Object.entries(profiles)) {
    const others = Object.keys(profiles).filter((other) => other !== name);
    command.addOption(new Option(`--${name}`, description).conflicts(others).implies({ profile: name }));
  }
  command.addOption(new Option('--profile <name>', 'quick, standard or thorough, by name').hideHelp());
}
