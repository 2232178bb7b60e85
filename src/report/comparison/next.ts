import type { Comparison, Judged } from '../../core/comparison.js';
import { shellWord } from '../../core/shell.js';
import { blindText } from './blind.js';
import { scenarioOf } from './view.js';

export interface Step {
  readonly command: string;
  readonly why: string;
}

/** What is worth doing after a comparison, and why: whole commands, whatever the names in them. */
export function nextStep(comparison: Comparison): Step {
  return comparison.kind === 'ab' ? afterAb(comparison) : afterCompare(comparison);
}

function afterAb(comparison: Comparison): Step {
  const arms = [specOf(comparison.base.source), specOf(comparison.head.source)];
  const [base, head] = arms;
  const scenario = scenarioOption(decisive(comparison));
  const both = adapterOption(base === head ? [base] : arms);
  switch (comparison.verdict) {
    case 'broken':
      return {
        command: `jobbench run${both}${scenario} --trials 1 --keep`,
        why: 'each side by itself, with its files',
      };
    case 'missing':
      return { command: `jobbench run${both}${scenario}`, why: 'why a side has no numbers' };
    case 'differs':
    case 'inconclusive':
      return { command: 'jobbench doctor', why: 'what makes this machine noisy' };
    case 'regression':
    case 'small':
    case 'improvement':
      // Identical code that differs is no news of the code.
      if (base === head && base !== undefined) return { command: 'jobbench doctor', why: 'what disturbs this machine' };
      return { command: `jobbench run${both}${scenario} --trials 6`, why: 'where the difference comes from' };
    case 'pass':
      if (base === undefined)
        return { command: 'jobbench ab --help', why: 'with --aa it learns the noise of this machine' };
      return {
        command: `jobbench ab --aa --a ${shellWord(base)}${scenario}`,
        why: 'learns the noise of this machine; `compare` needs five of it',
      };
    default:
      return comparison.verdict satisfies never;
  }
}

function afterCompare(comparison: Comparison): Step {
  const row = decisive(comparison);
  const pair = pairOf(comparison, row);
  // More trials are what all rows need, whatever one of them lacks.
  const verdict =
    blindText(comparison) !== undefined && comparison.verdict === 'missing' ? 'inconclusive' : comparison.verdict;
  switch (verdict) {
    case 'broken':
      return {
        command: `jobbench run${adapterOption(pair ?? [undefined])}${scenarioOption(row)} --trials 1 --keep`,
        why: 'the side that is broken, with its files',
      };
    case 'missing':
      return {
        command: `jobbench run${adapterOption(pair ?? [undefined])}${scenarioOption(row)}`,
        why: 'measure what is missing, on both sides',
      };
    case 'differs':
    case 'inconclusive':
      if (isWithin(comparison)) {
        const all = [comparison.base.label, ...comparison.head.label.split(', ')].map(specOf);
        const scenarios = comparison.rows.map(({ samples }) => scenarioOf(samples.cell));
        return {
          command: `jobbench run${adapterOption(all)}${scenariosOption(scenarios)} --trials 12`,
          why: 'trials enough to conclude something',
        };
      }
      if (blindText(comparison) !== undefined) {
        return { command: `jobbench run${scenarioOption(row)} --trials 12`, why: 'on both sides, with their options' };
      }
      return { command: 'jobbench ab --help', why: 'both sides in turn on one machine: what two files cannot settle' };
    case 'regression':
    case 'small':
    case 'improvement':
      return { command: abCommand(pair, row), why: 'confirm it: both sides in turn on one machine' };
    case 'pass':
      if (pair === undefined) return { command: 'jobbench list', why: 'what else can be measured' };
      return { command: abCommand(pair, row), why: 'the same as a gate: in turn, with a verdict' };
    default:
      return verdict satisfies never;
  }
}

/** The row that the verdict comes from; where none gates the first that has the same. */
function decisive({ rows, verdict }: Comparison): Judged | undefined {
  const same = rows.filter((row) => row.verdict === verdict);
  return same.find(({ samples }) => samples.gated) ?? same[0];
}

/** Both sides are adapters of one file. */
function isWithin({ kind, base, head }: Comparison): boolean {
  return kind === 'compare' && base.source === head.source && base.label !== head.label;
}

/** The two adapters of a row, where the adapters of one run are compared. */
function pairOf(comparison: Comparison, row: Judged | undefined): readonly [string, string] | undefined {
  if (!isWithin(comparison) || row === undefined) return undefined;
  // Behind the name stands, across classes, what is promised.
  const cell = row.samples.cell.replace(/ \([a-z-]+, [a-z-]+\)$/, '');
  const head = comparison.head.label.split(', ').find((label) => cell.endsWith(` ${label}`));
  const [a, b] = [specOf(comparison.base.label), head === undefined ? undefined : specOf(head)];
  return a === undefined || b === undefined ? undefined : [a, b];
}

function abCommand(pair: readonly [string, string] | undefined, row: Judged | undefined): string {
  if (pair === undefined) return 'jobbench ab --help';
  return `jobbench ab --a ${shellWord(pair[0])} --b ${shellWord(pair[1])}${scenarioOption(row)}`;
}

/**
 * How an adapter is asked for, from how it is called: `sqlite (A)` is one of two that are the same, `adapter (./base/x.js)`
 * one of two files of one name. Undefined where it could not stand in a line of Markdown, or would be an option.
 */
function specOf(label: string): string | undefined {
  const [, name = label, mark] = /^(.+) \((.+)\)$/.exec(label) ?? [];
  const spec = mark === undefined || mark === 'A' || mark === 'B' ? name : mark;
  return HARMLESS.test(spec) && !spec.includes('::') ? spec : undefined;
}

/** The file may be anybody's: what a shell could misread is quoted, and this is what quotes do not help against. */
const HARMLESS = /^[^-`\p{C}\p{Z}][^`\p{C}]{0,999}$/u;

function adapterOption(specs: readonly (string | undefined)[]): string {
  const known = specs.filter((spec) => spec !== undefined);
  const list = known.join(',');
  return known.length < specs.length || list === '' ? '' : ` --adapter ${shellWord(list)}`;
}

function scenarioOption(row: Judged | undefined): string {
  return row === undefined ? '' : scenariosOption([scenarioOf(row.samples.cell)]);
}

function scenariosOption(names: readonly string[]): string {
  const all = [...new Set(names)];
  const list = all.join(',');
  const plain = all.length > 0 && list.length <= 120 && all.every((name) => /^[a-z0-9][a-z0-9-]*$/i.test(name));
  return plain ? ` --scenario ${list}` : '';
}
