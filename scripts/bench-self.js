// What jobbench itself costs, beside bare loops and peers, as a Markdown table: `npm run bench:self`.
//   --only overhead,processor,ceiling,generator,pacing,marks,help,million,comparing,comparefiles,reporting,fleet   some parts
//   --rounds 5                                              how often each comparison is repeated
//   --json FILE                                             writes the rows there as well
// JOBBENCH_DIST names another compiled program than dist/. A benchmark, not a test: it exits 0 whatever it finds.
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { ceiling } from './bench/ceiling.js';
import { comparefiles } from './bench/comparefiles.js';
import { comparing } from './bench/comparing.js';
import { fleet } from './bench/fleet.js';
import { generator } from './bench/generator.js';
import { help } from './bench/help.js';
import { marks } from './bench/marks.js';
import { million } from './bench/million.js';
import { skipped } from './bench/numbers.js';
import { overhead } from './bench/overhead.js';
import { pacing } from './bench/pacing.js';
import { processor } from './bench/processor.js';
import { reporting } from './bench/reporting.js';
import { openWorkshop } from './bench/setup.js';

const PARTS = {
  overhead,
  processor,
  ceiling,
  generator,
  pacing,
  marks,
  help,
  million,
  comparing,
  comparefiles,
  reporting,
  fleet,
};
const VERSIONS = ['better-sqlite3', 'bullmq', 'ioredis'];

/** What a reader must know to believe the table. */
const NOTES = [
  'Arms are interleaved (A B B A) in fresh processes; figures are medians, ratios are those of neighbouring pairs.',
  'A bare loop makes the same calls of the same session, placed in processes as the harness places them, without stamps,',
  'event logs or progress; where an adapter runs jobs in threads or processes of its own, its handler is left out there too.',
].join(' ');

const { parts, rounds, json } = chosen();
const began = performance.now();
const load = [loadavg()[0]];
const workshop = openWorkshop();
for (const [name, code] of Object.entries({ SIGINT: 130, SIGTERM: 143 })) process.once(name, () => process.exit(code));
process.once('exit', workshop.close);

const rows = [];
for (const name of parts) {
  try {
    rows.push(...(await PARTS[name]({ rounds, workshop, say })));
  } catch (error) {
    say(error.stack);
    rows.push(skipped(name, error.message.split('\n')[0]));
  }
  load.push(loadavg()[0]);
}
console.log(report());
if (json !== undefined) writeFileSync(json, `${JSON.stringify({ about: machine(), rows }, null, 1)}\n`);

function chosen() {
  const options = { only: { type: 'string' }, rounds: { type: 'string', default: '5' }, json: { type: 'string' } };
  try {
    const { values } = parseArgs({ options });
    const names = values.only?.split(',') ?? Object.keys(PARTS);
    const unknown = names.find((name) => !Object.hasOwn(PARTS, name));
    if (unknown !== undefined) throw new Error(`there is no part "${unknown}": ${Object.keys(PARTS).join(', ')}`);
    if (!/^[1-9]\d*$/.test(values.rounds)) throw new Error(`--rounds ${values.rounds}: write a number from 1`);
    return { parts: names, rounds: Number(values.rounds), json: values.json };
  } catch (error) {
    console.error(`bench-self: ${error.message}`);
    process.exit(2);
  }
}

function say(text) {
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  process.stderr.write(`[${seconds} s] ${text}\n`);
}

function report() {
  const columns = ['what', 'ours', 'against', 'ratio', 'target', 'verdict'];
  const line = (cells) => `| ${cells.map((text) => String(text).replaceAll('|', '\\|')).join(' | ')} |`;
  const heads = ['what', 'ours', 'against', 'ratio: median (least to greatest)', 'target', ''];
  const body = rows.map((row) => line(columns.map((column) => row[column])));
  return ['', machine(), '', line(heads), line(heads.map(() => '---')), ...body, '', NOTES, ''].join('\n');
}

function machine() {
  const { length, 0: cpu } = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GB`;
  const versions = VERSIONS.map((name) => `${name} ${versionOf(name)}`).join(', ');
  const range = `${Math.min(...load).toFixed(1)} to ${Math.max(...load).toFixed(1)}`;
  const command = ['npm run bench:self', ...(process.argv.length > 2 ? ['--', ...process.argv.slice(2)] : [])].join(
    ' ',
  );
  return `\`${command}\` on ${new Date().toISOString().slice(0, 10)}: ${length} x ${cpu?.model.trim() ?? 'unknown processor'}, ${memory}, ${process.platform} ${release()}, Node ${process.versions.node}, ${versions}; rounds: ${rounds}; load average ${range}.`;
}

function versionOf(name) {
  try {
    return JSON.parse(readFileSync(new URL(`../node_modules/${name}/package.json`, import.meta.url), 'utf8')).version;
  } catch {
    return 'not installed';
  }
}
