import type { Cell } from '../../core/result.js';
import { groupBy } from '../group.js';
import { statusWord } from '../notes.js';
import { unevenMachine } from '../uneven.js';
import { h, type Markup } from './markup.js';
import type { ReportCell, ReportModel } from './model.js';

/** What must be known before any number is believed: runs that were cut short, noise, cells that are not valid. */
export function warningsOf(model: ReportModel): Markup | undefined {
  const cells = model.questions.flatMap((question) => question.cells);
  const lines = [...runLines(model), ...troubleLines(cells)];
  const others = warningGroups(cells);
  if (lines.length === 0 && others.length === 0) return undefined;
  return h`<div class="warnings" role="note">
${lines.length > 0 && h`<ul class="plain">${lines}</ul>`}
${others.map(warningGroup)}
</div>`;
}

function runLines({ files, notes }: ReportModel): Markup[] {
  const several = files.length > 1;
  const runs = files.flatMap(({ label, result }) => {
    const uneven = unevenMachine(result.cells);
    const texts = [
      ...(uneven === undefined ? [] : [`DISTURBED: ${uneven}`]),
      ...(result.run.status === 'aborted'
        ? ['the run was stopped early: these are the trials that were finished']
        : []),
      ...(result.warnings ?? []).map(({ message }) => message),
    ];
    return texts.map((text) => h`<li>⚠ ${several && h`<b>${label}</b>: `}${text}</li>`);
  });
  return [...runs, ...notes.map((note) => h`<li>${note}</li>`)];
}

/** Skipped cells say what is missing here; all others are struck through, with the reason. */
function troubleLines(cells: readonly ReportCell[]): Markup[] {
  const bad = cells.filter(({ cell }) => cell.status !== 'ok');
  const groups = groupBy(bad, ({ cell }) => JSON.stringify([cell.status, reasonOf(cell)]));
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { status } = first.cell;
    const names = [...groupBy(group, ({ contender }) => contender.name)].map(
      ([name, all]) => `${name} (${[...new Set(all.map(({ cell }) => cell.scenario.name))].join(', ')})`,
    );
    const named = status === 'skipped' ? h`${names.join(', ')}` : h`<s>${names.join(', ')}</s>`;
    return [h`<li><span class="trouble ${status}">${statusWord(status)}</span> ${named}: ${reasonOf(first.cell)}</li>`];
  });
}

export function reasonOf(cell: Cell): string {
  return cell.reason ?? cell.error?.message ?? 'no reason given';
}

interface Told {
  readonly code: string;
  readonly messages: readonly { readonly text: string; readonly names: readonly string[] }[];
  readonly cells: number;
}

/** By code: many cells say nearly the same, with a number of their own each. */
function warningGroups(cells: readonly ReportCell[]): Told[] {
  const all = cells.flatMap((one) => one.cell.warnings.map((warning) => ({ one, ...warning })));
  const told = [...groupBy(all, ({ code }) => familyOf(code))].map(([code, group]): Told => {
    const texts = groupBy(group, ({ message }) => message);
    const messages = [...texts].map(([text, same]) => ({ text, names: namesOf(same.map(({ one }) => one)) }));
    return { code, messages, cells: new Set(group.map(({ one }) => one)).size };
  });
  return told.sort((a, b) => place(a.code) - place(b.code));
}

/** What makes numbers doubtful before what explains them. */
const GRAVE = ['harness-bound', 'generator-lag', 'web-unstable', 'web-late', 'colocated'];

function place(code: string): number {
  const found = GRAVE.indexOf(code);
  return found === -1 ? GRAVE.length : found;
}

/** `web-late-alone` and `web-late-idle` are one thing. */
function familyOf(code: string): string {
  return GRAVE.find((family) => code.startsWith(family)) ?? code;
}

function namesOf(cells: readonly ReportCell[]): string[] {
  return [
    ...new Set(
      cells.map(({ cell, contender, variant }) =>
        [cell.scenario.name, contender.name, variant].filter((part) => part !== '').join(' '),
      ),
    ),
  ];
}

function warningGroup({ messages, cells }: Told): Markup {
  const [first] = messages;
  const more = messages.length > 1 ? `, and ${messages.length - 1} more like this` : '';
  return h`<details class="warning"><summary>⚠ ${first?.text}${more} <span class="soft">(${cells} ${cells === 1 ? 'cell' : 'cells'})</span></summary>
<ul>${messages.map(({ text, names }) => h`<li>${text}: <span class="soft">${names.join('; ')}</span></li>`)}</ul></details>
`;
}
