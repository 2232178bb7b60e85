import type { Command } from 'commander';

const EXAMPLES = `Examples:
  jobbench report results/*.json --html report.html
  jobbench report before=a.json after=b.json --html report.html   with names of your own
`;

/** Declares the options of `report`. Values are validated in report.ts. */
export function addReportOptions(command: Command): Command {
  return command
    .argument('<files...>', 'result files, or label=file')
    .option('--html <file>', 'write one HTML file that needs nothing else')
    .addHelpText('before', EXAMPLES);
}
