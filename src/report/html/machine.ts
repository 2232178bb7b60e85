import type { Cell, ResultFile } from '../../core/result.js';
import { shellCommand } from '../../core/shell.js';
import { bare, threeDigits } from '../numbers.js';
import { h, type Markup } from './markup.js';
import type { ReportModel, SourceFile } from './model.js';
import type { Section } from './section.js';

/** A fact of each file; `undefined` where a file has none. */
interface Fact {
  readonly name: string;
  readonly values: readonly (string | undefined)[];
}

/** Where, with what and how it was measured; of several files what differs stands first. */
export function machine(model: ReportModel): Section {
  const { files } = model;
  const facts = [...runFacts(files), ...hostFacts(files)];
  const settings = settingFacts(files);
  const differing = [...facts, ...settings].filter((fact) => isDifferent(fact) && !EXPECTED.has(fact.name));
  return {
    id: 'machine',
    title: 'How it was measured',
    short: 'Machine',
    html: h`${files.map((file) => command(file, files.length > 1))}
${files.length > 1 && differences(differing, files)}
${table('The run and its machine', facts, files)}
<details${settings.length <= 12 && h` open`}><summary>Versions, options, and settings read back from the backends</summary>
${table('Versions and settings', settings, files)}</details>`,
  };
}

/** These differ between any two runs, and explain nothing. */
const EXPECTED = new Set(['run', 'started', 'took', 'seed', 'command']);

function command({ label, result }: SourceFile, named: boolean): Markup {
  const text = shellCommand(['jobbench', ...result.run.command]);
  return h`<figure class="command">${named && h`<figcaption>${label}</figcaption>`}<pre tabindex="0"><code>${text}</code></pre></figure>`;
}

function runFacts(files: readonly SourceFile[]): Fact[] {
  const of = (name: string, text: (run: ResultFile['run'], file: ResultFile) => string) => ({
    name,
    values: files.map(({ result }) => text(result.run, result)),
  });
  return [
    of('run', ({ id }) => id),
    of('started', ({ startedAt }) => startedAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')),
    of('took', ({ startedAt, finishedAt }) => lengthText(Date.parse(finishedAt) - Date.parse(startedAt))),
    of('status', ({ status }) => status),
    of('jobbench', ({ jobbench }) => jobbench),
    of('profile', ({ profile }) => profile),
    of('seed', ({ seed }) => String(seed)),
    of('trials', (_, { cells }) => trialsText(cells)),
  ];
}

function hostFacts(files: readonly SourceFile[]): Fact[] {
  const of = (name: string, text: (host: ResultFile['host']) => string | undefined) => ({
    name,
    values: files.map(({ result }) => text(result.host)),
  });
  const optional = (value: number | undefined, text: (known: number) => string) =>
    value === undefined ? undefined : text(value);
  return [
    of(
      'processor',
      ({ cpu, cores, virtual }) => `${cpu}, ${cores} ${cores === 1 ? 'core' : 'cores'}${virtual ? ', virtual' : ''}`,
    ),
    of('memory', ({ memoryBytes }) => bare(memoryBytes, 'bytes')),
    of('system', ({ os, kernel, arch }) => `${os}, ${kernel}, ${arch}`),
    of('Node', ({ node, v8 }) => `${node}, V8 ${v8}`),
    of('load before', ({ noise }) => threeDigits(noise.load1)),
    of('taken by the host', ({ noise }) => `${threeDigits(noise.stealPercent)} %`),
    of('used by other programs', ({ noise }) => `${threeDigits(noise.otherCpuPercent)} %`),
    of('one clock reading', ({ calibration }) => `${threeDigits(calibration.clockReadNs)} ns`),
    of('clocks of processes apart by at most', ({ calibration }) => `${threeDigits(calibration.clockSkewBoundUs)} µs`),
    of('timers late, p99', ({ calibration }) => `${threeDigits(calibration.timerLateP99Ms)} ms`),
    of('fsync, p50', ({ calibration }) => `${threeDigits(calibration.fsyncP50Us)} µs`),
    of('most this harness can measure', ({ calibration }) =>
      optional(calibration.ceilingPerS, (perS) => `${bare(perS, 'jobs/s')} jobs/s`),
    ),
  ].filter(({ values }) => values.some((value) => value !== undefined));
}

/** Versions, options and effective settings of each adapter, once for all its cells. */
function settingFacts(files: readonly SourceFile[]): Fact[] {
  const found = files.map(({ result }) => {
    const facts = new Map<string, string>();
    for (const { adapter } of result.cells) {
      const add = (kind: string, all: Readonly<Record<string, unknown>>) => {
        for (const [key, value] of Object.entries(all)) facts.set(`${adapter.label}: ${kind}${key}`, plain(value));
      };
      add('version of ', adapter.versions);
      add('option ', adapter.options);
      add('', adapter.effective);
    }
    return facts;
  });
  const names = [...new Set(found.flatMap((facts) => [...facts.keys()]))];
  return names.map((name) => ({ name, values: found.map((facts) => facts.get(name)) }));
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

function isDifferent({ values }: Fact): boolean {
  return new Set(values).size > 1;
}

function differences(facts: readonly Fact[], files: readonly SourceFile[]): Markup {
  if (facts.length === 0) return h`<p>Nothing but the time differs between these files.</p>`;
  return h`<h3>What differs between the files</h3>${table('Differences', facts, files)}`;
}

function table(caption: string, facts: readonly Fact[], files: readonly SourceFile[]): Markup {
  const several = files.length > 1;
  return h`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table class="facts"><caption class="hidden">${caption}</caption>
${several && h`<thead><tr><td></td>${files.map(({ label }) => h`<th scope="col">${label}</th>`)}</tr></thead>`}
<tbody>${facts.map(
    (
      fact,
    ) => h`<tr${several && isDifferent(fact) && h` class="differs"`}><th scope="row">${fact.name}</th>${fact.values.map((value) => h`<td>${value ?? '–'}</td>`)}</tr>
`,
  )}</tbody></table></div>`;
}

function trialsText(cells: readonly Cell[]): string {
  const counts = cells.filter(({ status }) => status !== 'skipped').map(({ trials }) => trials.length);
  if (counts.length === 0) return 'none';
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  const each = least === most ? `${most}` : `${least} to ${most}`;
  return `${each} of each of ${counts.length} cells`;
}

function lengthText(ms: number): string {
  if (!Number.isFinite(ms)) return '–';
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
