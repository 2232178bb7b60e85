import type { Refusal } from '../core/comparison.js';
import type { Cell, ResultFile } from '../core/result.js';
import { type CellPair, type Difference, fieldsOf } from './fields.js';
import { isUnknown, optionsOf } from './options.js';

/**
 * Why two cells of one id measure different things: scenario and its parameters (work and payload among them),
 * adapter and its options, delivery, durability. A number of one says nothing about the other. An option that one side
 * does not know is no such reason where the other left it alone: see `unknownOptions`.
 */
export function unlike([base, head]: CellPair): Refusal[] {
  const fields = [
    ...fieldsOf({ scenario: base.scenario.name }, { scenario: head.scenario.name }),
    ...fieldsOf(base.scenario.params, head.scenario.params, 'params.'),
    ...fieldsOf({ adapter: base.adapter.name }, { adapter: head.adapter.name }),
    ...optionsOf([base, head]).filter((field) => !isUnknown(field)),
    ...fieldsOf(promiseOf(base), promiseOf(head)),
  ];
  return [...fields, ...loadOf(base, head)].map(({ field, base: ours, head: theirs }) => {
    return { cell: base.id, field, base: ours, head: theirs };
  });
}

/** What was simulated says nothing about what was measured, whichever cells the two files have. */
export function unlikeTimes({ run: base }: ResultFile, { run: head }: ResultFile): Refusal[] {
  if (base.virtual === head.virtual) return [];
  return [{ cell: 'every cell', field: VIRTUAL, base: timeOf(base), head: timeOf(head) }];
}

/** The field of a result file. */
export const VIRTUAL = 'run.virtual';

function timeOf({ virtual }: ResultFile['run']): string {
  return virtual ? 'true (simulated)' : 'absent (measured)';
}

/** A rate that was left to be a share of what was measured then makes another load of every run: a lighter one passes anything. */
function loadOf(base: Cell, head: Cell): Difference[] {
  const [ours, theirs] = [rateOf(base), rateOf(head)];
  if (ours === undefined || theirs === undefined) return [];
  if (Math.abs(Math.log(theirs / ours)) <= MOST_LOAD_APART) return [];
  return [{ field: 'load', base: base.setting ?? '', head: head.setting ?? '' }];
}

export const MOST_LOAD_APART = 0.05;

/** Jobs or requests per second as the setting says them: `1,250/s = 50 %`. */
export function rateOf({ setting = '' }: Cell): number | undefined {
  const digits = /^([\d,]+(?:\.\d+)?)(?: req)?\/s\b/.exec(setting)?.[1];
  const rate = Number(digits?.replaceAll(',', ''));
  return rate > 0 ? rate : undefined;
}

/** What else differs, and may explain a change: printed, not refused. Each field once, however many cells have it. */
export function differences(base: ResultFile, head: ResultFile, pairs: Iterable<CellPair>): Difference[] {
  const found = new Map<string, Difference>();
  const add = (differing: readonly Difference[]) => {
    for (const one of differing) if (!found.has(one.field)) found.set(one.field, one);
  };
  add(fieldsOf(factsOf(base), factsOf(head)));
  for (const [a, b] of pairs) {
    add(fieldsOf(a.adapter.versions, b.adapter.versions, `${a.adapter.label}: version of `));
    add(fieldsOf(a.adapter.effective, b.adapter.effective, `${a.adapter.label}: `));
    add(fieldsOf({ topology: a.adapter.traits.topology }, { topology: b.adapter.traits.topology }));
    // A rate that is a share of the measured capacity makes another load of every run.
    if (isRate(a) && isRate(b)) add(fieldsOf({ [`load of ${a.id}`]: a.setting }, { [`load of ${b.id}`]: b.setting }));
  }
  return [...found.values()];
}

function isRate({ setting }: Cell): boolean {
  return setting !== undefined && /\d\/s\b/.test(setting);
}

/** Delivery and durability: numbers may be ranked only inside one class of them. */
export function promiseOf({ adapter }: Cell): { readonly delivery: string; readonly durability: string } {
  return { delivery: adapter.traits.delivery, durability: adapter.traits.durability };
}

function factsOf({ host, run }: ResultFile) {
  return {
    jobbench: run.jobbench,
    profile: run.profile,
    run: run.status,
    cpu: host.cpu,
    cores: host.cores,
    memory: `${Math.round(host.memoryBytes / 2 ** 30)} GB`,
    virtual: host.virtual,
    os: host.os,
    kernel: host.kernel,
    arch: host.arch,
    node: host.node,
  };
}
