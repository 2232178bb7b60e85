import type { Cell, Trial } from '../core/result.js';

/** A result file and what its reader calls it. */
export interface LabelledResult {
  readonly label: string;
  readonly result: { readonly run: { readonly id: string }; readonly cells: readonly Cell[] };
}

const HEAD = [
  'file',
  'run',
  'cell',
  'scenario',
  'params',
  'adapter',
  'delivery',
  'durability',
  'status',
  'trial',
  'block',
  'started_at',
  'seed',
  'set_aside',
  'metric',
  'unit',
  'better',
  'value',
];

/** Result files as CSV (RFC 4180): one row for each metric of each trial, set aside or not. */
export function renderCsv(files: readonly LabelledResult[]): string {
  const rows = files.flatMap(({ label, result }) =>
    result.cells.flatMap((cell) => cell.trials.flatMap((trial) => trialRows([label, result.run.id], cell, trial))),
  );
  return [HEAD.join(','), ...rows, ''].join('\r\n');
}

function trialRows(file: readonly string[], cell: Cell, trial: Trial): string[] {
  const { name, params } = cell.scenario;
  const { label, traits } = cell.adapter;
  const begin = [
    ...[...file, cell.id, name, JSON.stringify(params), label, traits.delivery, traits.durability, cell.status].map(
      field,
    ),
    String(trial.index),
    String(trial.block),
    field(trial.startedAt),
    String(trial.seed),
    field(trial.setAside ?? ''),
  ].join(',');
  return Object.entries(trial.values).map(([metric, value]) => {
    const info = Object.hasOwn(cell.metrics, metric) ? cell.metrics[metric] : undefined;
    return [begin, field(metric), field(info?.unit ?? ''), field(info?.better ?? ''), String(value)].join(',');
  });
}

/**
 * Quoted where it must be. A text that a spreadsheet would take for a formula gets an apostrophe before it, as OWASP has
 * it ("CSV Injection"); numbers are ours, and stay as they are.
 */
export function field(text: string): string {
  const harmless = /^\s*[=+\-@\t\r|%]/.test(text) ? `'${text}` : text;
  return /[",\r\n\t']|^\s|\s$/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
