import type { Remedy } from '../core/adapter.js';
import { JobbenchError } from '../core/errors.js';
import type { Traits } from '../core/traits.js';
import { whyUnavailable } from '../engine/availability.js';
import { adapterNames, loadAdapter, loadScenario, scenarioNames } from '../engine/registry.js';
import type { Io } from './io.js';
import { scenarioOrder } from './profiles.js';
import { describeOptions, inUnit, type OptionInfo } from './schema.js';
import { hideSecrets } from './secrets.js';
import { didYouMean } from './suggest.js';
import { traitWords } from './traitwords.js';
import { wrapped } from './wrap.js';

const KINDS = ['adapters', 'scenarios'] as const;

/** `jobbench list`: what the two folders hold, as their own files describe it: all, one kind, or what has that name. */
export async function list(what: string | undefined, format: 'text' | 'json', io: Io): Promise<number> {
  const named = (names: readonly string[]) => names.filter((name) => name === what);
  const [ofAdapters, ofScenarios] = [named(adapterNames()), named(scenarioNames())];
  const byName = ofAdapters.length + ofScenarios.length > 0;
  if (what !== undefined && !byName && !KINDS.some((kind) => kind === what)) {
    const known = [...KINDS, ...adapterNames(), ...scenarioNames()];
    throw new JobbenchError(
      'USAGE',
      `cannot list "${what}"${didYouMean(what, known)} Write adapters, scenarios, the name of one, or nothing`,
    );
  }
  const shows = (kind: (typeof KINDS)[number], own: readonly string[]) =>
    byName ? own.length > 0 : what === undefined || what === kind;
  const adapters = shows('adapters', ofAdapters)
    ? await listAdapters(io.cwd, byName ? ofAdapters : undefined)
    : undefined;
  const scenarios = shows('scenarios', ofScenarios) ? await listScenarios(byName ? ofScenarios : undefined) : undefined;
  if (format === 'json') {
    io.stdout.write(`${JSON.stringify({ ...(adapters && { adapters }), ...(scenarios && { scenarios }) }, null, 1)}\n`);
    return 0;
  }
  const width = Math.min(io.stdout.columns ?? 100, 100);
  const blocks: string[] = [];
  if (adapters)
    blocks.push('ADAPTERS   options: --set NAME.OPTION=VALUE', ...adapters.map((one) => adapterText(one, width)));
  if (scenarios) blocks.push('SCENARIOS   params: -P NAME.PARAM=VALUES', ...scenarioTexts(scenarios, width));
  io.stdout.write(`${blocks.join('\n\n')}\n`);
  return 0;
}

interface ListedAdapter {
  readonly name: string;
  readonly summary: string;
  readonly traits: Traits;
  readonly reference: boolean;
  readonly byDefault: boolean;
  readonly packages: readonly string[];
  readonly available: boolean;
  readonly reason?: string;
  readonly remedy?: string;
  readonly options: readonly OptionInfo[];
}

/** Adapters that come with jobbench, all unless some are named, asked with their default options whether they can run here. */
export async function listAdapters(cwd: string, names = adapterNames()): Promise<ListedAdapter[]> {
  const listed = names.map(async (name): Promise<ListedAdapter | undefined> => {
    const loaded = await loadAdapter(name, cwd);
    if (loaded === undefined) return undefined;
    const { adapter, ref } = loaded;
    const parsed = adapter.options?.safeParse({});
    const options = parsed?.success ? parsed.data : {};
    const why: Remedy | undefined = await whyUnavailable({
      label: name,
      adapter,
      ref: { ...ref, options },
    });
    return {
      name,
      summary: adapter.summary,
      traits: adapter.traitsFor?.(options) ?? adapter.traits,
      reference: adapter.reference === true,
      byDefault: adapter.reference !== true && adapter.byDefault !== false,
      packages: adapter.packages ?? [],
      available: why === undefined,
      ...why,
      options: describeOptions(adapter.options).map(withoutSecrets),
    };
  });
  return (await Promise.all(listed)).filter((one) => one !== undefined);
}

async function listScenarios(names = scenarioNames()) {
  return Promise.all(
    scenarioOrder(names).map(async (name) => {
      const { question, model, byDefault, params, metrics } = await loadScenario(name);
      return { name, question, model, byDefault, params: describeOptions(params), metrics };
    }),
  );
}

/** A default may come from the environment, as REDIS_URL does. */
function withoutSecrets(option: OptionInfo): OptionInfo {
  return typeof option.default === 'string' ? { ...option, default: hideSecrets(option.default) } : option;
}

function adapterText(one: ListedAdapter, width: number): string {
  return [
    `${one.name}: ${one.summary}`,
    traitWords(one.traits),
    one.available ? 'available' : `NOT AVAILABLE: ${one.reason}; ${one.remedy}`,
    ...(one.byDefault ? [] : [`${one.reference ? 'the floor: ' : ''}measured only when it is named`]),
  ]
    .map((line, at) => wrapped(line, width, at === 0 ? 0 : 2))
    .concat(one.options.map((option) => optionText(option, width)))
    .join('\n');
}

type ListedScenario = Awaited<ReturnType<typeof listScenarios>>[number];

/** Params that all scenarios share, word for word, are shown once. */
function scenarioTexts(scenarios: readonly ListedScenario[], width: number): string[] {
  const same = (a: OptionInfo, b: OptionInfo) => JSON.stringify(a) === JSON.stringify(b);
  const isShared = (param: OptionInfo) => scenarios.every(({ params }) => params.some((other) => same(param, other)));
  const shared = scenarios.length > 1 ? (scenarios[0]?.params.filter(isShared) ?? []) : [];
  const own = (one: ListedScenario) => one.params.filter((param) => !shared.some((other) => same(param, other)));
  const texts = scenarios.map((one) => scenarioText(one, own(one), width));
  if (shared.length === 0) return texts;
  return [...texts, ['params of every scenario', ...shared.map((param) => optionText(param, width))].join('\n')];
}

function scenarioText(one: ListedScenario, params: readonly OptionInfo[], width: number): string {
  const metrics = Object.entries(one.metrics).map(([name, { unit }]) => `${name} (${unit})`);
  return [
    wrapped(`${one.name}: ${one.question}`, width),
    wrapped(`load: ${one.model}${one.byDefault ? '; part of a run by default' : ''}`, width, 2),
    wrapped(`metrics: ${metrics.join(', ')}`, width, 2),
    ...params.map((param) => optionText(param, width)),
  ].join('\n');
}

function optionText(option: OptionInfo, width: number): string {
  const { default: fallback, unit } = option;
  const shown = typeof fallback === 'number' ? inUnit(fallback, unit) : String(fallback);
  const value = fallback === undefined ? '' : `=${shown}`;
  const text = [option.description?.replace(/\.$/, ''), option.allowed === 'text' ? undefined : option.allowed]
    .filter(Boolean)
    .join('; ');
  return wrapped(`${option.name}${value}   ${text}`, width, 4, 8);
}
