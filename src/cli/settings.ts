import type { Command } from 'commander';
import { JobbenchError } from '../core/errors.js';
import { readConfig } from './config.js';
import type { Io } from './io.js';
import { kebab, type Layer, type Layers } from './layers.js';
import { LISTS, SHORTHANDS, SWITCHES, VALUES } from './runoptions.js';
import { didYouMean } from './suggest.js';

const PREFIX = 'JOBBENCH_';

/**
 * Everything that the user said about a run.
 * @throws JobbenchError USAGE when the configuration file or a variable cannot be understood
 */
export async function readLayers(command: Command, io: Io): Promise<Layers> {
  const named = command.getOptionValue('config') ?? nonEmpty(io.env.JOBBENCH_CONFIG);
  warnOfMisspelt(io);
  const config = await readConfig(named === undefined ? undefined : String(named), io.cwd);
  return [...(config === undefined ? [] : [config]), environment(io.env), flags(command)];
}

/** What follows `JOBBENCH_` in variables that are about the program, or are read by what is tried and measured beside it. */
const OTHERS = ['CONFIG', 'DEBUG', 'SCRATCH', 'BIN', 'DIST', 'REQUIRE', 'MUTATIONS'];

/** A variable that nobody reads and that is called almost like an option was misspelt. */
function warnOfMisspelt({ env, stderr }: Io): void {
  const known = [...LISTS, ...SWITCHES, ...VALUES, ...SHORTHANDS].map((option) =>
    variable(option).slice(PREFIX.length),
  );
  for (const name of Object.keys(env)) {
    const own = name.slice(PREFIX.length);
    if (!name.startsWith(PREFIX) || known.includes(own) || OTHERS.includes(own)) continue;
    const meant = didYouMean(own, known);
    if (meant === '.') continue;
    stderr.write(`jobbench: nothing reads the variable ${name}${meant.replace('mean ', `mean ${PREFIX}`)}\n`);
  }
}

function flags(command: Command): Layer {
  const given = <T>(names: readonly T[]) =>
    names
      .map((name) => [name, command.getOptionValue(String(name))] as const)
      .filter(([name, value]) => value !== undefined && command.getOptionValueSource(String(name)) !== 'default');
  // Commander collected these: lists, booleans and texts as runoptions.ts declares them.
  return {
    source: 'flags',
    lists: Object.fromEntries(given(LISTS)) as Layer['lists'],
    switches: Object.fromEntries(given(SWITCHES)) as Layer['switches'],
    values: Object.fromEntries(given([...VALUES, ...SHORTHANDS])) as Layer['values'],
    written: (option, member) => withMember(option === 'param' ? '-P' : `--${kebab(option)}`, member),
  };
}

/** An empty variable counts as unset, as shells and CI systems leave them. */
function environment(env: Io['env']): Layer {
  const given = <T extends string, V>(names: readonly T[], read: (text: string, name: string) => V) => {
    const found: Partial<Record<T, V>> = {};
    for (const name of names) {
      const text = nonEmpty(env[variable(name)]);
      if (text !== undefined) found[name] = read(text, variable(name));
    }
    return found;
  };
  return {
    source: 'environment',
    // Several assignments are separated by spaces: their values may hold commas.
    lists: given(LISTS, (text) => text.split(/\s+/)),
    switches: given(SWITCHES, onOrOff),
    values: given([...VALUES, ...SHORTHANDS], (text) => text),
    written: (option, member) => withMember(variable(option), member),
  };
}

function withMember(option: string, member: string | undefined): string {
  return member === undefined ? option : `${option} ${member}`;
}

function variable(option: string): string {
  return `${PREFIX}${kebab(option).replaceAll('-', '_').toUpperCase()}`;
}

function onOrOff(text: string, name: string): boolean {
  if (/^(1|true|yes|on)$/i.test(text)) return true;
  if (/^(0|false|no|off)$/i.test(text)) return false;
  throw new JobbenchError('USAGE', `${name}: "${text}" is not allowed; it takes 1 or 0`);
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === '' ? undefined : text.trim();
}
