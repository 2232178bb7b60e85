import type { Comparison, Judged } from '../../core/comparison.js';
import { scenarioOf } from './view.js';

/** What is worth doing after a comparison, and why. */
export function nextStep(comparison: Comparison): { readonly command: string; readonly why: string } {
  const row = comparison.rows.find(({ verdict, samples }) => verdict === comparison.verdict && samples.gated);
  const scenario = row === undefined ? '' : scenarioOption(row);
  switch (comparison.verdict) {
    case 'missing':
      return { command: `jobbench run${scenario}`, why: 'measure what is missing, on both sides' };
    case 'differs':
    case 'inconclusive':
      if (comparison.kind === 'ab') {
        return { command: 'jobbench doctor', why: 'what makes this machine noisy' };
      }
      return { command: 'jobbench ab --help', why: 'both sides in turn on one machine: what two files cannot settle' };
    case 'regression':
    case 'small':
    case 'improvement':
      if (comparison.kind === 'ab')
        return { command: `jobbench run${scenario} --keep`, why: 'look at one side closely' };
      return { command: 'jobbench ab --help', why: 'confirm it: both sides in turn on one machine' };
    case 'pass':
      return { command: 'jobbench list', why: 'what else can be measured' };
    default:
      return comparison.verdict satisfies never;
  }
}

/** Only a name that a shell takes as it is becomes part of a command: the file may be anybody's. */
function scenarioOption({ samples }: Judged): string {
  const scenario = scenarioOf(samples.cell);
  return /^[a-z0-9][a-z0-9-]*$/i.test(scenario) ? ` --scenario ${scenario}` : '';
}
