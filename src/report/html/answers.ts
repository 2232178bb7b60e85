import type { Effect } from '../../core/comparison.js';
import { groupBy } from '../group.js';
import { bare, unitHead } from '../numbers.js';
import { shown } from '../value.js';
import { type Headline, headlinesOf, numberOf } from './headlines.js';
import { type ReportCell, type ReportModel, standingOf } from './model.js';
import { besideJobs, contentionOf, placeText, webMetric } from './web.js';

/** A sentence of the verdict, with how sure it is. */
export interface Answer {
  /** What the sentence is about: a promise, or the web requests. */
  readonly about: string;
  readonly text: string;
  /** `established`, or `~` where the trials cannot tell it from noise. */
  readonly sure: 'established' | 'open' | 'alone';
}

/** Most people read no more sentences than this. */
const HEADLINES = 2;

/** Who is best within each promise, and what jobs do to web requests: a sentence each. */
export function answersOf(model: ReportModel): Answer[] {
  const leading = headlinesOf(model)
    .filter(({ metric }) => metric !== 'total_p99')
    .slice(0, HEADLINES);
  const ranked = leading.flatMap((headline) => {
    const cells = headline.load.cells.filter((one) => numberOf(one, headline.metric) !== undefined);
    return [...groupBy(cells, placeOf(model))].map(([, group]) => rankedAnswer(model, headline, group));
  });
  const byClass = groupBy(ranked, ({ about }) => about);
  return [...[...byClass.values()].flat(), ...webAnswers(model)];
}

/** Ranked only inside a file and a promise. */
function placeOf({ files }: ReportModel) {
  return ({ contender }: ReportCell) =>
    files.length > 1 ? `${contender.promise.name} · ${files[contender.file]?.label}` : contender.promise.name;
}

function rankedAnswer(model: ReportModel, headline: Headline, cells: readonly ReportCell[]): Answer {
  const { metric, better, head } = headline;
  const sign = better === 'higher' ? -1 : 1;
  const worth = (one: ReportCell) => numberOf(one, metric)?.value ?? 0;
  const [best, second] = [...cells].sort((a, b) => sign * (worth(a) - worth(b)));
  if (best === undefined) return { about: '', text: '', sure: 'open' };
  const about = placeOf(model)(best);
  const says = `${head}: ${best.contender.name} ${measured(best, headline)}`;
  if (second === undefined) return { about, text: `${says}, the only one here that promises this.`, sure: 'alone' };
  const standing = standingOf(model, best, metric);
  const runner = standingOf(model, second, metric);
  const sure = standing?.established === true ? 'established' : 'open';
  const times = `${second.contender.name} ${measured(second, headline)}`;
  const effect = runner?.judged?.effect;
  if (effect === undefined) {
    const n = Math.min(...[best, second].map(({ cell }) => cell.summary[metric]?.n ?? 0));
    const few = `${n} ${n === 1 ? 'trial' : 'trials'} cannot establish it; --trials 12 can`;
    const factor = runner?.factor === undefined ? '' : `, ${timesText(runner.factor)} apart`;
    return { about, text: `${says}, before ${times}${factor}: ${few}.`, sure };
  }
  const word = better === 'higher' ? 'as many' : 'as long';
  const between =
    better === 'higher'
      ? `${timesText(1 + effect.slowdown)} ${word} as`
      : `${timesText(1 + effect.slowdown)} ${word} in`;
  const doubt = sure === 'established' ? '' : ', which may be chance';
  return { about, text: `${says}, ${between} ${times} (95 %: ${rangeText(effect)})${doubt}.`, sure };
}

/** `17.9k jobs/s [15.7k to 20.2k]` */
export function measured({ cell }: ReportCell, { metric, unit }: Pick<Headline, 'metric' | 'unit'>): string {
  const { text, span } = shown(cell, metric, unit);
  return [text, unitHead(unit), span.replace(' ', ' to ')].filter((part) => part !== '').join(' ');
}

function rangeText({ low95, high95 }: Effect): string {
  return `${timesText(1 + low95)} to ${timesText(1 + high95)}`;
}

export function timesText(factor: number): string {
  if (factor < 9.95) return `${factor.toFixed(factor < 1.995 ? 2 : 1)}x`;
  return `${Number(factor.toPrecision(factor < 100 ? 2 : 3)).toLocaleString('en-US')}x`;
}

/** The least and the most that jobs did to the tail of web requests. */
function webAnswers(model: ReportModel): Answer[] {
  const question = contentionOf(model);
  if (question === undefined) return [];
  const all = model.contenders.flatMap((contender) => besideJobs(question, contender));
  const sorted = all.filter(({ alone }) => alone !== undefined).sort((a, b) => growth(a) - growth(b));
  const [least, most] = [sorted[0], sorted.at(-1)];
  if (least === undefined || most === undefined) return [];
  const metric = webMetric(question);
  const name = metric === 'web_p99' ? 'Web p99' : 'Web p50';
  const one = (beside: typeof least) => {
    const number = (cell: ReportCell | undefined) => (cell === undefined ? '' : shown(cell.cell, metric, 'ms').text);
    const rate = beside.jobs === undefined ? '' : `, ${bare(beside.jobs, 'jobs/s')} jobs/s`;
    return `from ${number(beside.aloneCell)} to ${number(beside.busyCell)} ms with ${beside.contender.name} ${placeText(beside.placement)}${rate}`;
  };
  const both = least === most ? one(least) : `at the least ${one(least)}; at the most ${one(most)}`;
  const trials = Math.min(...sorted.map(({ busyCell }) => busyCell.cell.summary[metric]?.n ?? 0));
  const n = trials === 1 ? 'one trial each: no interval' : `${trials} trials each`;
  return [{ about: 'web requests', text: `${name} beside busy workers goes ${both} (${n}).`, sure: 'alone' }];
}

function growth({
  alone,
  busy,
}: {
  readonly alone: { value: number } | undefined;
  readonly busy: { value: number };
}): number {
  return busy.value / (alone?.value ?? busy.value);
}
