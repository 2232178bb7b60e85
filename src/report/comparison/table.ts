import type { Comparison, Side, Verdict } from '../../core/comparison.js';
import { type Paint, paint } from '../paint.js';
import type { TableOptions } from '../table.js';
import { wrap } from '../text.js';
import { blindText } from './blind.js';
import { gridsOf } from './grid.js';
import { legendOf } from './legend.js';
import { nextStep } from './next.js';
import { safe } from './safe.js';
import { counted, factsOf, outcomeText, sentencesOf, toldText } from './summary.js';

const WIDEST = 100;
const NARROWEST = 60;
const MOST_SENTENCES = 12;

/** A comparison for a terminal: a grid for each scenario, sentences for what stands out, and where to go from here. */
export function renderComparison(comparison: Comparison, options: TableOptions = {}): string {
  const width = Math.min(Math.max(options.width ?? WIDEST, NARROWEST), WIDEST);
  const colors = paint(options.color ?? false);
  const blind = blindText(comparison);
  const blocks = [
    ...(blind === undefined ? [] : [wrap(blind, width, '  ').map(colors.warn).join('\n')]),
    ...gridsOf(comparison, width, colors, options.blocks ? 'blocks' : 'plain'),
    notes(comparison, width, colors),
    outcome(comparison, width, colors),
    footer(comparison, width),
  ];
  return `${blocks.filter((text) => text !== '').join('\n\n')}\n`;
}

function notes(comparison: Comparison, width: number, colors: Paint): string {
  const { told, more } = sentencesOf(comparison, MOST_SENTENCES);
  const sentences = told.flatMap((one) => wrap(toldText(one), width, '  ').map(mark(one.verdict, colors)));
  const rest = more > 0 ? [`and ${counted(more, 'more row')} like these; --format json has all`] : [];
  const legend = legendOf(comparison).flatMap((text) => wrap(text, width, '  ').map(colors.dim));
  const facts = factsOf(comparison).flatMap((fact) => wrap(fact, width, '  '));
  return [...legend, ...sentences, ...rest, ...facts].join('\n');
}

function mark(verdict: Verdict, colors: Paint): (text: string) => string {
  if (verdict === 'regression' || verdict === 'missing') return colors.bad;
  return verdict === 'improvement' ? colors.good : colors.warn;
}

function outcome(comparison: Comparison, width: number, colors: Paint): string {
  const good = comparison.verdict === 'pass' || comparison.verdict === 'improvement';
  const color = good ? colors.good : mark(comparison.verdict, colors);
  return wrap(outcomeText(comparison), width, '  ').map(color).join('\n');
}

/** Paths and the command stay whole, so that they can be copied. */
function footer(comparison: Comparison, width: number): string {
  const { command, why } = nextStep(comparison);
  const next = `Next: ${command}`;
  const reason =
    next.length + why.length + 5 <= width ? `   (${why})` : `\n${wrap(`      (${why})`, width, '      ').join('\n')}`;
  return [`Base: ${sideText(comparison.base)}`, `Head: ${sideText(comparison.head)}`, `${next}${reason}`].join('\n');
}

export function sideText({ label, source, startedAt }: Side): string {
  const time = startedAt === undefined ? '' : ` of ${safe(startedAt, 40)}`;
  return source === label ? `${safe(source, 4096)}${time}` : `${safe(label, 200)}: ${safe(source, 4096)}${time}`;
}
