import type { Remedy } from '../core/adapter.js';
import { JobbenchError } from '../core/errors.js';
import type { Params, Scenario } from '../core/scenario.js';
import type { Traits } from '../core/traits.js';
import { whyUnavailable } from './availability.js';
import type { Contestant, Question, RunRequest } from './request.js';
import { withShortLease } from './shortlease.js';

/** One scenario on one adapter, before it is measured. */
export interface CellPlan {
  readonly id: string;
  readonly question: Question;
  readonly contestant: Contestant;
  readonly params: Params;
  readonly traits: Traits;
  readonly time?: 'virtual';
  /** Why it cannot be measured here. */
  readonly skip?: string;
  readonly missingBackend?: true;
}

/** Cells that are measured in one trial: alike in all but the scenario's `together` params. */
export interface Group {
  readonly cells: readonly [CellPlan, ...CellPlan[]];
  /** Unique within the run. */
  readonly key: string;
}

/** The whole matrix, and what of it can be measured. */
export async function planCells(request: RunRequest): Promise<CellPlan[]> {
  const missing = new Map<Contestant, Remedy | undefined>();
  for (const contestant of request.contestants) missing.set(contestant, await whyUnavailable(contestant, request));
  return request.questions.flatMap((question) =>
    request.contestants.flatMap((contestant) => cellsOf(question, contestant, missing.get(contestant), request)),
  );
}

function cellsOf(
  question: Question,
  contestant: Contestant,
  missing: Remedy | undefined,
  request: RunRequest,
): CellPlan[] {
  const { scenario, name } = question;
  const plain = traitsOf(contestant);
  const all = question.paramSets.flatMap((params) => scenario.expand?.(params, plain, request.profile) ?? [params]);
  // Two sets may stand for a cell in common: a reference that both need.
  const sets = [...new Map(all.map((params) => [JSON.stringify(params), params])).values()];
  return sets.map((params) => {
    const shown = Object.entries(params).filter(([key, value]) => isTelling(scenario, question, key, value, params));
    const suffix = shown.length > 0 ? `/${shown.map(([key, value]) => `${key}=${String(value)}`).join(',')}` : '';
    const fitted = withSettings(contestant, scenario, params, name);
    const id = `${name}${suffix} ${contestant.label}`;
    const { time } = request;
    if (typeof fitted === 'string') return { id, question, contestant, params, traits: plain, skip: fitted };
    const traits = traitsOf(fitted);
    const lacking = missing ? undefined : lack(scenario.requires(params, traits), traits, fitted, name);
    const cell = { id, question, contestant: fitted, params, traits, ...(time && { time }) };
    if (missing) return { ...cell, skip: `${missing.reason}; ${missing.remedy}`, missingBackend: true as const };
    return lacking === undefined ? cell : { ...cell, skip: `${contestant.label} does not support ${lacking}` };
  });
}

function traitsOf({ adapter, ref }: Contestant): Traits {
  return adapter.traitsFor?.(ref.options) ?? adapter.traits;
}

/**
 * The contestant with the options that the params of a cell stand for, or why it has none of them.
 * @throws JobbenchError USAGE where the user has set one of them to something himself
 */
function withSettings(contestant: Contestant, asking: Scenario, params: Params, scenario: string): Contestant | string {
  const settings = asking.settings?.(params);
  if (settings === undefined) return contestant;
  const { adapter, ref, given, label } = contestant;
  for (const key of Object.keys(settings)) {
    if (!Object.hasOwn(adapter.options?.shape ?? {}, key))
      return `${label} does not support ${scenario}: it has no option "${key}"`;
    if (given?.has(key) && asking.sweeps?.includes(key))
      throw new JobbenchError(
        'USAGE',
        `${ref.name}.${key}: ${scenario} sets this option itself, by its own params; leave it out, or see \`jobbench list scenarios\``,
      );
  }
  const parsed = adapter.options?.safeParse({ ...ref.options, ...settings });
  if (parsed?.success) return { ...contestant, ref: { ...ref, options: parsed.data } };
  const why = parsed?.error.issues[0]?.message ?? 'no options';
  throw new JobbenchError('USAGE', `${scenario}: ${label} refuses ${JSON.stringify(settings)}: ${why}`);
}

/** A param belongs in the id when it differs from the scenario's default, or tells the cells of one trial apart. */
function isTelling(scenario: Scenario, question: Question, key: string, value: unknown, params: Params): boolean {
  if (value === undefined) return false;
  if (question.given?.has(key)) return true;
  const varies = question.paramSets.some((other) => other[key] !== params[key] && other[key] !== undefined);
  return varies || (scenario.shown ?? []).includes(key);
}

function lack(needs: Partial<Traits>, traits: Traits, contestant: Contestant, scenario: string): string | undefined {
  const words: Partial<Record<keyof Traits, string>> = {
    schedules: 'scheduled jobs (enqueueAt)',
    retries: 'retries',
    bulk: 'a bulk path',
    priorities: 'priorities',
    unique: 'unique keys',
    topology: 'workers in processes of their own: its queue lives in the process that enqueues',
    store: 'keeping its queue in an SQLite file that the application could share',
  };
  const keys = Object.keys(needs) as (keyof Traits)[]; // a Partial<Traits> has no other keys
  const key = keys.find((one) => needs[one] !== undefined && needs[one] !== traits[one]);
  if (key === 'executes')
    return `jobs in placement ${String(needs.executes)}: it runs them in placement ${traits.executes}`;
  if (key === 'recoveryMs') {
    const [most, promised] = [needs.recoveryMs, traits.recoveryMs].map((ms) => (ms ?? 0).toLocaleString('en-US'));
    const shorter = withShortLease(contestant, needs.recoveryMs ?? 0);
    const how =
      shorter === undefined
        ? ''
        : `shorten its lease, \`jobbench run --scenario ${scenario} --adapter '${shorter}'\`, or `;
    return `starting a dead worker's jobs again within ${most} ms: it promises ${promised} ms; ${how}allow more, \`-P within=${Math.ceil((traits.recoveryMs ?? 0) / 1000)}s\``;
  }
  return key === undefined ? undefined : (words[key] ?? `${key}=${String(needs[key])}`);
}

/** Cells that can be measured, in groups that share a trial. */
export function groupCells(cells: readonly CellPlan[]): Group[] {
  const groups = new Map<string, [CellPlan, ...CellPlan[]]>();
  for (const cell of cells) {
    if (cell.skip !== undefined) continue;
    const key = JSON.stringify([cell.contestant.label, askOf(cell)]);
    const group = groups.get(key);
    if (group) group.push(cell);
    else groups.set(key, [cell]);
  }
  return [...groups].map(([key, members]) => ({ cells: members, key }));
}

/** What is asked, whoever answers: the same for groups that differ in nothing but the contestant. */
export function askOf({ question, params }: CellPlan): string {
  const together: readonly string[] = question.scenario.together ?? [];
  return JSON.stringify([question.name, Object.entries(params).filter(([key]) => !together.includes(key))]);
}
