import type { Finding, FindingStatus, Proof } from '../../core/promises.js';
import { clean } from '../text.js';
import { tally } from './matrix.js';

const MARK: Readonly<Record<FindingStatus, string>> = {
  proved: '✓',
  violated: '**✗**',
  'not claimed': '–',
  'not tested': '?',
};

/** What `verify` found of several adapters as Markdown: a matrix, then what was counted for each. */
export function promisesMarkdown(proofs: readonly Proof[]): string {
  const names = [...new Set(proofs.flatMap(({ findings }) => findings.map(({ name }) => name)))];
  const of = (proof: Proof, name: string) => proof.findings.find((finding) => finding.name === name);
  const letters = proofs.map((_, at) => String.fromCharCode(65 + at));
  const rows = names.map((name) => {
    const marks = proofs.map((proof) => MARK[of(proof, name)?.status ?? 'not claimed']);
    return `| ${cell(name)} | ${marks.join(' | ')} |`;
  });
  return [
    '| | adapter | level | delivery | durability | found | took |',
    '|---|---|---|---|---|---|--:|',
    ...proofs.map(
      (proof, at) =>
        `| ${letters[at]} | \`${cell(proof.adapter.label)}\` | ${proof.level} | ${proof.adapter.traits.delivery} | ${proof.adapter.traits.durability} | ${tally(proof.findings)} | ${proof.ms === undefined ? '–' : seconds(proof.ms)} |`,
    ),
    '',
    `| promise | ${letters.join(' | ')} |`,
    `|---|${letters.map(() => ':-:|').join('')}`,
    ...rows,
    '',
    '✓ proved; ✗ violated; – not claimed; ? promised, but not tested: why stands below.',
    ...recovery(proofs),
    ...proofs.flatMap((proof) => ['', ...counts(proof)]),
    '',
  ].join('\n');
}

/** What kills cost, of every finding that counted some. */
function recovery(proofs: readonly Proof[]): string[] {
  const rows = proofs.flatMap(({ adapter, level, findings }) =>
    findings
      .filter(({ figures }) => (figures.kills ?? 0) > 0)
      .map(({ name, figures }) => {
        const { kills = 0, accepted = 0, lost = 0, repeated = 0, recovery_ms: tookMs } = figures;
        const { recoveryMs } = adapter.traits;
        const promised = typeof recoveryMs === 'number' ? seconds(recoveryMs) : 'never';
        const took = tookMs === undefined ? '–' : seconds(tookMs);
        const costs = [kills, accepted, (lost / kills).toFixed(1), repeated].map((n) => n.toLocaleString('en-US'));
        return `| \`${cell(adapter.label)}\` | ${level} | ${cell(name.split(':')[0] ?? name)} | ${[...costs, took, promised].join(' | ')} |`;
      }),
  );
  if (rows.length === 0) return [];
  return [
    '',
    '### Time to recovery',
    '',
    '| adapter | level | what | kills | jobs | lost per kill | repeated | started again within | promised |',
    '|---|---|---|--:|--:|--:|--:|--:|--:|',
    ...rows,
    '',
    'The longest time from a kill until a job that was in the hands of the dead had been started again; – where none had to',
    'be. `never`: nothing is started again, at most once.',
  ];
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function counts({ adapter, level, seed, date, findings }: Proof): string[] {
  const versions = Object.entries(adapter.versions).map(([name, version]) => `, ${name} ${version}`);
  const told = Object.entries(adapter.effective).map(([name, value]) => `${name} ${value === '' ? '""' : value}`);
  return [
    `### ${clean(adapter.label, 120)}`,
    '',
    `${level} level, seed ${seed}, ${date.slice(0, 10)}${versions.join('')}.${told.length > 0 && adapter.traits.topology === 'shared' ? ` Read back: ${clean(told.join(', '))}.` : ''}`,
    '',
    ...findings.flatMap(bullet),
  ];
}

/** Only what says more than its mark. */
function bullet({ name, status, why, violations, facts }: Finding): string[] {
  const texts = [
    ...violations.map((text) => `**${text}**`),
    ...(why === undefined ? [] : [`not tested: ${why}`]),
    ...facts,
  ];
  if (texts.length === 0) return [];
  return [
    `- ${clean(name)}${status === 'violated' ? ' (violated)' : ''}: ${texts.map((text) => clean(text)).join('; ')}`,
  ];
}

function cell(text: string): string {
  return clean(text, 160).replaceAll('|', '\\|');
}
