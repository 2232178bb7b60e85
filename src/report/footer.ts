import type { Cell, ResultFile } from '../core/result.js';
import { FEWEST_TRIALS } from '../stats/interval.js';
import { clean } from './text.js';

/** The last lines of every table: where the numbers are, and what is worth doing next. */
export function footer(path: string, result: ResultFile): string {
  const [command, why] = next(result);
  return `Result: ${clean(path, 4096)}\nNext:   ${command}   (${why})\n`;
}

function next({ cells, run }: ResultFile): [command: string, why: string] {
  if (run.virtual) return nextVirtual(run.command);
  const broken = cells.find((cell) => cell.status === 'invalid' || cell.status === 'failed');
  const adapter = broken === undefined ? undefined : asGiven(broken.adapter, run.command);
  if (broken !== undefined && adapter !== undefined && PLAIN.test(broken.scenario.name)) {
    const kept = asTyped(without(run.command, ['--scenario', '--adapter', '--keep', '--seed']));
    const again = `jobbench run --scenario ${broken.scenario.name} --adapter ${adapter}${kept ?? ''} --seed ${run.seed} --keep`;
    return [
      again,
      kept === undefined
        ? 'add its other options; keeps its files to look at'
        : 'once more, keeping its files to look at',
    ];
  }
  if (cells.some(isMissing)) return ['jobbench doctor', 'what is missing on this machine'];
  if (cells.some((cell) => Object.values(cell.summary).some(({ n }) => n < FEWEST_TRIALS))) {
    const same = asTyped(without(run.command, ['--trials']));
    if (same === undefined) return [`jobbench run --trials ${FEWEST_TRIALS}`, 'intervals instead of ranges'];
    return [`jobbench run${same} --trials ${FEWEST_TRIALS}`, 'the same with intervals instead of ranges'];
  }
  return ['jobbench list', 'what else can be measured, and what can be set'];
}

/** Simulating more is cheap, so the useful next step is another setting. */
function nextVirtual(command: readonly string[]): [command: string, why: string] {
  const asked = command.join(' ');
  if (!asked.includes('keepwarm') && asked.includes('--scenario'))
    return ['jobbench simulate --scenario keepwarm', 'when is it worth keeping machines warm'];
  return ['jobbench list adapters', 'what machines can be set to: boots, waits, prices'];
}

/** As it was given: with its options, and as a path, without which it is not found again. Undefined where a shell could misread it. */
function asGiven({ name, label }: Cell['adapter'], command: readonly string[]): string | undefined {
  if (!PLAIN.test(name)) return undefined;
  const parts = command.flatMap((argument) => argument.replace(/^--adapter=/, '').split(','));
  const specs = parts.filter((part) => {
    const [called = ''] = part.split('?');
    return part !== name && (called === name || (PATH.test(called) && called.includes(`/${name}.`)));
  });
  const spec = specs.find((one) => one.slice(one.indexOf('?')) === label.slice(name.length)) ?? specs[0];
  // A plain name beside one with options is the plain one, unless it is called by those options.
  const plain = parts.includes(name) && label === name;
  return spec === undefined || plain ? name : asTyped([spec])?.trim();
}

/** The options of the run that was, but for some with their values, and for those about its output. */
function without([, ...options]: readonly string[], left: readonly string[]): string[] {
  const valued = new Set([...left, '--out', '--html', '--color']);
  const bare = new Set([...left, '--json', '--quiet', '--no-progress']);
  return options.filter((option, at) => {
    const [name = ''] = option.split('=');
    const before = options[at - 1] ?? '';
    const isValue = valued.has(before) && before !== '--keep' && !option.startsWith('--');
    return !bare.has(name) && !valued.has(name) && !isValue;
  });
}

/** As a shell takes them, with a space before each; undefined where they are too strange or too long to be repeated. */
function asTyped(options: readonly string[]): string | undefined {
  if (!options.every((option) => HARMLESS.test(option))) return undefined;
  const text = options.map((option) => ` ${/[?&%]/.test(option) ? `'${option}'` : option}`).join('');
  return text.length <= 120 ? text : undefined;
}

/** Skipped because something is not installed, not because the adapter cannot do what was asked. */
function isMissing({ status, reason = '' }: Cell): boolean {
  return status === 'skipped' && !reason.includes('does not support') && !reason.startsWith('stopped');
}

/** Nothing in here ends a quoted word or starts a command. */
const HARMLESS = /^[\w@%+=:,./?&-]+$/;

const PATH = /^[\w./@-]+\.m?js$/;

/** Only names that a shell takes as they are become part of a command: the file may be anybody's. */
const PLAIN = /^[a-z0-9][a-z0-9-]*$/i;
