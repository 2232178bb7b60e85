import { type Command, InvalidArgumentError, Option } from 'commander';

const EXAMPLES = `Examples:
  jobbench compare results/base.json results/head.json   did it get slower?
  jobbench compare main=a.json mine=b.json               with names of your own for the sides
  jobbench compare a.json b.json --metric total_p99 --threshold 20%
  jobbench compare results/run.json --by adapter         the adapters of one run, with its first
  jobbench compare a.json b.json --format github --export junit=out/jobbench.xml
`;

const NOTES = `
Rows gate by default at 5% (rates), 10% (p50) and 25% (p99); --threshold sets one for all. Other
metrics are shown, and gate only where --metric names them.

Trials of one run are compared block by block. Files of different runs were measured at different
times, so the strongest word about them is "differs", until \`jobbench ab --aa\` has learned how far
runs of identical code fall apart on this machine. To settle it: \`jobbench ab\`.

Exporters take the medians of HEAD; json has all that was compared:
  --export github-action-benchmark=DIR   DIR/bigger-is-better.json and DIR/smaller-is-better.json
  --export bencher=FILE                  Bencher Metric Format
  --export junit=FILE                    a case for each row
  --export json=FILE                     what --format json prints

Write label=path to name a side, 'my label=path' where it has spaces. A label has no / or \\: what
has one before its first "=" is a path as a whole, so a path with "=" is written ./a=b.json. With
GITHUB_STEP_SUMMARY set, the comparison is appended to that file as Markdown, in every format.

Exit codes
  0    no regression was found, or --fail-on never
  2    wrong usage; a file that cannot be read; files that measured different things; a named
       metric, or a cell or gated metric, that one side lacks; nothing that gates
  5    inconclusive, or differs: only with --fail-on inconclusive
  99   regression
`;

/** Declares the options of `compare`. Values are validated in comparerequest.ts, with the files at hand. */
export function addCompareOptions(command: Command): Command {
  const add = (flags: string, description: string) => command.option(flags, description);
  const list = (flags: string, description: string) =>
    command.option(flags, description, (value: string, before: string[] = []) => [...before, value]);

  command
    .argument('<base>', 'result file, or label=file')
    .argument('[head]', 'result file to compare with it; none with --by')
    .addHelpText('before', EXAMPLES)
    .addHelpText('after', NOTES);

  command.optionsGroup('What to compare:');
  add('--by <what>', 'adapter: the adapters of one run, all with one of them; gates only with --fail-on');
  add('--base <adapter>', 'with --by adapter: which to compare the others with (default: the first)');
  list('--metric <name>', 'only these, and all of them gate; repeatable, lists (default: rates, p50, p99 gate)');
  const threshold = 'the least slowdown that counts as a regression (default: by metric)';
  command.option('--threshold <percent>', threshold, given);
  add('--history <file>', 'A/A history of this machine (default: history.json beside HEAD)');

  command.optionsGroup('Outcome:');
  add('--fail-on <what>', 'regression, inconclusive or never (default: regression; with --by: never)');
  add('--format <name>', 'table, markdown, json or github (default: table)');
  add('--json', 'the same as --format json');
  list('--export <format=path>', 'write another file too: github-action-benchmark, bencher, junit or json; repeatable');
  command.addOption(new Option('--color <when>', 'auto, always or never (default: auto)'));
  return command;
}

/** A value that is empty was meant to be one: a variable of a script that was not set must not loosen a gate. */
export function given(value: string): string {
  if (value.trim() === '') throw new InvalidArgumentError('It is empty: leave the option out, or write a value.');
  return value;
}
