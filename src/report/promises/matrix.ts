import type { Finding, FindingStatus, Proof } from '../../core/promises.js';
import { type Paint, paint } from '../paint.js';
import { clean, wrap } from '../text.js';

export interface MatrixOptions {
  readonly color?: boolean;
  readonly width?: number;
}

const WIDEST = 110;
const NARROWEST = 60;
/** So wide is the longest word of a status, and two blanks. */
const INDENT = 13;

/** What `verify` found of some adapters, for a terminal: a block for each, a line for each promise, counts below it. */
export function renderMatrix(proofs: readonly Proof[], options: MatrixOptions = {}): string {
  const width = Math.min(Math.max(options.width ?? WIDEST, NARROWEST), WIDEST);
  const colors = paint(options.color ?? false);
  return proofs.map((proof) => block(proof, width, colors).join('\n')).join('\n\n');
}

function block(proof: Proof, width: number, colors: Paint): string[] {
  const { adapter, findings, level, seed } = proof;
  const { delivery, durability, topology } = adapter.traits;
  const versions = Object.entries(adapter.versions).map(([name, version]) => `${name} ${version}`);
  const head = [`${level} level, seed ${seed}`, `${delivery}, ${durability}, ${topology} queue`, ...versions];
  return [
    colors.bold(clean(adapter.label, 120)),
    ...wrap(`  ${head.map((part) => clean(part, 80)).join('; ')}`, width, '  ').map(colors.dim),
    ...findings.flatMap((finding) => lines(finding, width, colors)),
    `  ${tally(findings)}`,
  ];
}

function lines({ name, status, why, violations, facts }: Finding, width: number, colors: Paint): string[] {
  const word = status === 'violated' ? 'VIOLATED' : status;
  const [first = '', ...rest] = wrap(`${' '.repeat(INDENT)}  ${clean(name)}`, width, ' '.repeat(INDENT + 2));
  const below = (texts: readonly string[]) =>
    texts.flatMap((text) => wrap(`${' '.repeat(INDENT + 4)}${clean(text)}`, width, ' '.repeat(INDENT + 6)));
  return [
    `  ${painted(status, colors)(word.padEnd(INDENT))}${first.slice(INDENT + 2)}`,
    ...rest,
    ...below(violations).map(colors.bad),
    ...below([...(why === undefined ? [] : [why]), ...facts]).map(colors.dim),
  ];
}

function painted(status: FindingStatus, { good, bad, warn, dim }: Paint): (text: string) => string {
  return { proved: good, violated: bad, 'not tested': warn, 'not claimed': dim }[status];
}

/** `14 proved, 1 violated, 3 not claimed` */
export function tally(findings: readonly Finding[]): string {
  const words = ['proved', 'violated', 'not tested', 'not claimed'] as const;
  return words
    .map((word) => [findings.filter(({ status }) => status === word).length, word] as const)
    .filter(([n]) => n > 0)
    .map(([n, word]) => `${n} ${word}`)
    .join(', ');
}
