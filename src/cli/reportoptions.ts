import { type Command, Option } from 'commander';
import { given } from './compareoptions.js';

const EXAMPLES = `Examples:
  jobbench report results/*.json --html report.html   one file that opens anywhere, offline
  jobbench report results/run.json --markdown         for a pull request
  jobbench report results/run.json --csv > run.csv    a row for each metric of each trial
  jobbench report before=a.json after=b.json --html report.html   with names of your own
  jobbench report results/run.json --html report.html --by placement
`;

const NOTES = `
The page holds everything it needs, the result files included, and asks no server for anything.
Several files are laid over each other by their labels; the first is what the others are compared
with. \`jobbench run --html report.html\` writes the page of a run at its end.
`;

/** Declares the options of `report`. Values are validated in report.ts, with the files at hand. */
export function addReportOptions(command: Command): Command {
  return command
    .argument('<files...>', 'result files, or label=file')
    .option('--html <file>', 'write one HTML file that needs nothing else', given)
    .addOption(
      new Option('--markdown', 'print Markdown for a pull request: the verdict first, details folded').conflicts('csv'),
    )
    .addOption(new Option('--csv', 'print one row for each metric of each trial (RFC 4180)'))
    .option(
      '--by <what>',
      'group the numbers by scenario (default), adapter, file, or a param such as concurrency',
      given,
    )
    .addHelpText('before', EXAMPLES)
    .addHelpText('after', NOTES);
}
