import type { Comparison, Judged } from '../../core/comparison.js';
import { groupBy } from '../group.js';
import { xml } from './escape.js';
import { safe } from './safe.js';
import { scenarioOf } from './view.js';

/**
 * JUnit's XML, as CI systems show it: a suite for each scenario, a case for each row. A regression is a failure, what is
 * missing an error, what cannot be told is skipped; rows that gate nothing always pass.
 */
export function renderJunit(comparison: Comparison): string {
  const suites = [...groupBy(comparison.rows, ({ samples }) => scenarioOf(samples.cell))];
  const body = suites.map(([scenario, rows]) => suiteOf(scenario, rows)).join('');
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="jobbench"${counts(comparison.rows)}>\n${body}</testsuites>\n`;
}

function suiteOf(scenario: string, rows: readonly Judged[]): string {
  return ` <testsuite name="${xml(scenario, 100)}"${counts(rows)}>\n${rows.map(caseOf).join('')} </testsuite>\n`;
}

function counts(rows: readonly Judged[]): string {
  const of = (element: Element) => rows.filter((row) => elementOf(row) === element).length;
  return ` tests="${rows.length}" failures="${of('failure')}" errors="${of('error')}" skipped="${of('skipped')}"`;
}

type Element = 'failure' | 'error' | 'skipped' | 'system-out';

function elementOf({ verdict, samples }: Judged): Element {
  if (!samples.gated) return 'system-out';
  switch (verdict) {
    case 'regression':
      return 'failure';
    case 'broken':
    case 'missing':
      return 'error';
    case 'differs':
    case 'inconclusive':
      return 'skipped';
    case 'small':
    case 'pass':
    case 'improvement':
      return 'system-out';
    default:
      return verdict satisfies never;
  }
}

function caseOf(row: Judged): string {
  const { samples, verdict } = row;
  const sentence = xml(safe(row.sentence, 600));
  const element = elementOf(row);
  const type = element === 'failure' || element === 'error' ? ` type="${verdict}"` : '';
  const content =
    element === 'system-out'
      ? `<system-out>${verdict}: ${sentence}</system-out>`
      : `<${element} message="${verdict}: ${sentence}"${type}/>`;
  const names = `classname="${xml(samples.cell, 300)}" name="${xml(samples.metric, 100)}"`;
  return `  <testcase ${names} time="0">\n   ${content}\n  </testcase>\n`;
}
