import { JobbenchError } from '../core/errors.js';
import type { Params, ProfileName, Scenario } from '../core/scenario.js';
import { loadScenario, scenarioNames } from '../engine/registry.js';
import type { Question } from '../engine/request.js';
import { kebab, type Layer, type Layers, listOf, textOf } from './layers.js';
import { profileParams, scenarioOrder, scenarioTrials } from './profiles.js';
import { SHORTHANDS } from './runoptions.js';
import { complaint } from './schema.js';
import { didYouMean } from './suggest.js';
import { combinations, expandValues } from './values.js';

/** A param that the user set: for one scenario, or for all that have it. */
interface Assignment {
  readonly scenario: string | undefined;
  readonly key: string;
  readonly values: string;
  /** `--rate`, `-P latency.rate` */
  readonly written: string;
  readonly source: Layer['source'];
}

type Named = readonly [name: string, scenario: Scenario];

/** The chosen scenarios with every combination of params. @throws JobbenchError USAGE */
export async function readQuestions(layers: Layers, profile: ProfileName): Promise<Question[]> {
  const trialsAsked = textOf(layers, 'trials') !== undefined;
  const all: Named[] = [];
  for (const name of scenarioOrder(scenarioNames())) all.push([name, await loadScenario(name)]);
  const wanted = listOf(layers, 'scenario')?.flatMap((list) => list.split(','));
  const asked = ({ byDefault, virtual }: Scenario) => (profile === 'virtual' ? virtual === true : byDefault);
  const chosen = wanted === undefined ? all.filter(([, scenario]) => asked(scenario)) : choose(wanted, all);
  if (profile === 'virtual') assertVirtual(chosen, all);
  const assignments = layers.flatMap((layer) => assignmentsOf(layer, all));
  for (const assignment of assignments) assertKnown(assignment, chosen, all);
  return chosen.map(([name, scenario]) => {
    const own = assignments.filter((one) => isFor(one, name, scenario));
    return {
      name,
      scenario,
      paramSets: paramSets(name, scenario, profile, own),
      given: new Set(own.map(({ key }) => key)),
      ...(!trialsAsked && { trials: scenarioTrials(profile, name) }),
    };
  });
}

function choose(wanted: readonly string[], all: readonly Named[]): Named[] {
  const names = all.map(([name]) => name);
  return [...new Set(wanted.map((name) => name.trim()))].map((name) => {
    const found = all.find(([known]) => known === name);
    if (found !== undefined) return found;
    throw new JobbenchError(
      'USAGE',
      `unknown scenario "${name}"${didYouMean(name, names)} Available: ${names.join(', ')}`,
    );
  });
}

/** @throws JobbenchError USAGE */
function assertVirtual(chosen: readonly Named[], all: readonly Named[]): void {
  const real = chosen.find(([, { virtual }]) => virtual !== true)?.[0];
  if (real === undefined) return;
  const able = all.flatMap(([name, { virtual }]) => (virtual ? [name] : [])).join(', ');
  throw new JobbenchError(
    'USAGE',
    `${real} cannot be simulated: it asks what this machine does. Choose ${able}, or measure it: jobbench run --scenario ${real}`,
  );
}

/** Within one layer the more particular wins: shorthand, then KEY, then SCENARIO.KEY. */
function assignmentsOf(layer: Layer, all: readonly Named[]): Assignment[] {
  const { source } = layer;
  const short = SHORTHANDS.flatMap((key) => {
    const values = layer.values[key];
    return values === undefined ? [] : [{ scenario: undefined, key, values, written: layer.written(key), source }];
  });
  const long = (layer.lists.param ?? []).map((text): Assignment => {
    const match = /^([\w.-]+?)=(.*)$/s.exec(text);
    if (match === null) throw new JobbenchError('USAGE', `${layer.written('param', text)}: write [SCENARIO.]KEY=VALUE`);
    const [, path = '', values = ''] = match;
    const dot = path.indexOf('.');
    const scenario = dot < 0 ? undefined : path.slice(0, dot);
    const names = all.map(([name]) => name);
    if (scenario !== undefined && !names.includes(scenario)) {
      const hint = didYouMean(scenario, names);
      throw new JobbenchError(
        'USAGE',
        `${layer.written('param', path)}: unknown scenario "${scenario}"${hint} Available: ${names.join(', ')}`,
      );
    }
    return { scenario, key: path.slice(dot + 1), values, written: layer.written('param', path), source };
  });
  const particular = (a: Assignment) => (a.scenario === undefined ? 0 : 1);
  return [...short, ...long.sort((a, b) => particular(a) - particular(b))];
}

/** What a flag names must exist in this run; a file or variable may speak of scenarios that are not part of it. */
function assertKnown(assignment: Assignment, chosen: readonly Named[], all: readonly Named[]): void {
  const { key, scenario, source, written } = assignment;
  const inReach = (named: readonly Named[]) => named.filter(([name]) => scenario === undefined || scenario === name);
  const having = (named: readonly Named[]) => inReach(named).filter(([, s]) => Object.hasOwn(s.params.shape, key));
  if (having(source === 'flags' ? chosen : all).length > 0) return;
  const elsewhere = having(all).map(([name]) => name);
  if (elsewhere.length > 0) {
    const here = chosen.map(([name]) => name).join(', ');
    throw new JobbenchError('USAGE', `${written} is for ${elsewhere.join(', ')}, and this run measures ${here}`);
  }
  const others = all.filter(([, s]) => Object.hasOwn(s.params.shape, key)).map(([name]) => name);
  const keys = [...new Set(inReach(chosen.length > 0 ? chosen : all).flatMap(([, s]) => Object.keys(s.params.shape)))];
  const whose = scenario === undefined ? 'the chosen scenarios have' : `${scenario} has`;
  const also = others.length > 0 ? ` (${others.join(', ')} has it)` : '';
  throw new JobbenchError(
    'USAGE',
    `${written}: ${whose} no param "${kebab(key)}"${also}${didYouMean(key, keys)} Params: ${keys.join(', ')}`,
  );
}

function isFor({ scenario, key }: Assignment, name: string, { params }: Scenario): boolean {
  return (scenario === undefined || scenario === name) && Object.hasOwn(params.shape, key);
}

function paramSets(
  name: string,
  scenario: Scenario,
  profile: ProfileName,
  assignments: readonly Assignment[],
): Params[] {
  const shape = scenario.params.shape;
  const lists = new Map<string, readonly string[]>();
  const written = new Map<string, string>();
  for (const one of assignments) {
    lists.set(one.key, expandValues(one.values, one.written));
    written.set(one.key, one.written);
  }
  const defaults = Object.fromEntries(
    Object.entries(profileParams(profile, name)).filter(([key]) => Object.hasOwn(shape, key)),
  );
  const distinct = new Map<string, Params>();
  for (const given of combinations(lists)) {
    const parsed = scenario.params.safeParse({ ...defaults, ...given });
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      const key = String(issue?.path[0] ?? '');
      const where = written.get(key) ?? `${name}.${key}`;
      if (issue === undefined) throw parsed.error;
      throw new JobbenchError('USAGE', complaint(where, given[key] ?? defaults[key], issue, shape[key]));
    }
    distinct.set(JSON.stringify(parsed.data), parsed.data);
  }
  return [...distinct.values()];
}
