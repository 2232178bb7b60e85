import type { Cell, ResultFile } from '../core/result.js';
import { shellCommand } from '../core/shell.js';
import { splitSpecs } from '../core/specs.js';

type Run = ResultFile['run'];

/** The run that was, asked again in another way, as a shell takes it. @param also takes the place of what was given of the same */
export function repeated({ command }: Run, also: readonly (readonly [option: string, value: string])[]): string {
  const kept = without(command, [...also.map(([option]) => option)]);
  return shellCommand(['jobbench', 'run', ...kept, ...also.flat()]);
}

/** One cell of the run that was, once more as it was, with its files kept to look at. */
export function repeatedCell({ scenario, adapter }: Cell, { command, seed }: Run): string {
  const kept = without(command, ['--scenario', '--adapter', '--seed']);
  const spec = asGiven(adapter, command);
  const named = spec === undefined ? [] : ['--adapter', spec];
  return shellCommand([
    'jobbench',
    'run',
    ...['--scenario', scenario.name],
    ...named,
    ...kept,
    ...['--seed', String(seed), '--keep'],
  ]);
}

/** As it was given: with its options, and as a path, without which it is not found again. Undefined where a configuration named it. */
function asGiven({ name, label, source }: Cell['adapter'], command: readonly string[]): string | undefined {
  const specs = splitSpecs(valuesOf(command, '--adapter')).filter((spec) => isCalled(beforeOptions(spec), name));
  const marked = / \((.+)\)$/.exec(label)?.[1]; // two files of one name are told apart by their paths
  const exact = specs.find((spec) => spec === label || beforeOptions(spec) === marked);
  const same = specs.find((spec) => optionsOf(spec) === optionsOf(label));
  const spec = exact ?? same ?? specs[0];
  if (spec !== undefined) return spec;
  if (source !== undefined) return undefined; // from outside, and only the configuration says where
  return valuesOf(command, '--set').length === 0 && label.startsWith(`${name}?`) ? label : name;
}

function isCalled(spec: string, name: string): boolean {
  const file = spec.split(/[/\\]/).at(-1) ?? spec;
  return spec === name || file === name || file.replace(/\.[^.]+$/, '') === name;
}

function beforeOptions(spec: string): string {
  return spec.split('?', 1)[0] ?? spec;
}

function optionsOf(spec: string): string {
  return spec.slice(beforeOptions(spec).length);
}

function valuesOf(command: readonly string[], option: string): string[] {
  return command.flatMap((word, at) => {
    if (word === option) return command.slice(at + 1, at + 2);
    return word.startsWith(`${option}=`) ? [word.slice(option.length + 1)] : [];
  });
}

/** These are about where a run goes and how it looks, not about what it measures. */
const OUTPUT = { valued: ['--out', '--html', '--color'], bare: ['--json', '--quiet', '--no-progress', '--keep'] };

/** The options of the run that was, but for some with their values, and for those about its output. */
function without([, ...options]: readonly string[], left: readonly string[]): string[] {
  const valued = new Set([...left, ...OUTPUT.valued]);
  const bare = new Set(OUTPUT.bare);
  const kept: string[] = [];
  for (let at = 0; at < options.length; at++) {
    const word = options[at] ?? '';
    const [name = ''] = word.split('=', 1);
    if (bare.has(word)) continue;
    if (valued.has(name)) at += word === name ? 1 : 0;
    else if (isParam(word) && left.some((option) => sets(options[at + 1], option))) at++;
    else kept.push(word);
  }
  return kept;
}

function isParam(word: string): boolean {
  return word === '-P' || word === '--param';
}

/** A param of one scenario would win over the option of the same name. */
function sets(param: string | undefined, option: string): boolean {
  const [path = ''] = (param ?? '').split('=', 1);
  return `--${path.slice(path.indexOf('.') + 1)}` === option;
}
