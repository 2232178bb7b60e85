import type { Effect } from '../../core/comparison.js';
import type { Standing } from '../../core/standing.js';
import { FEWEST_TRIALS } from '../comparison/blind.js';
import { groupBy } from '../group.js';
import { bare, unitHead } from '../numbers.js';
import { clean } from '../text.js';
import { shown } from '../value.js';
import { type Headline, headlinesOf, numberOf } from './headlines.js';
import { type Question, type ReportCell, type ReportModel, standingOf } from './model.js';
import { promiseWords } from './promisewords.js';
import { counted } from './spans.js';
import { type Beside, besideJobs, contentionOf, placeText, webMetric } from './web.js';

/** A sentence of the verdict, with how sure it is. */
export interface Answer {
  /** What the sentence is about: a promise, or the web requests. */
  readonly about: string;
  /** What `about` means, where it is a term. */
  readonly means?: string;
  /** What the first named is: `Carries most`. */
  readonly head: string;
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
  const { metric, better } = headline;
  const sign = better === 'higher' ? -1 : 1;
  const worth = (one: ReportCell) => numberOf(one, metric)?.value ?? 0;
  const [best, second] = [...cells].sort((a, b) => sign * (worth(a) - worth(b)));
  if (best === undefined) return { about: '', head: '', text: '', sure: 'open' };
  const shared = { about: placeOf(model)(best), means: promiseWords(best.contender.promise), head: headline.first };
  // The file is named above.
  const nameOf = ({ contender }: ReportCell) => clean(contender.adapter, 80);
  const says = `${nameOf(best)}, ${measured(best, headline)}`;
  if (second === undefined) return { ...shared, text: `${says} (no other with this promise)`, sure: 'alone' };
  const runner = standingOf(model, second, metric);
  const sure = runner?.established === true ? 'established' : 'open';
  const text = `${says}; next ${nameOf(second)}, ${numberAlone(second, headline)}: ${apart(runner, second, metric)}`;
  return { ...shared, text, sure };
}

/** How far the second is behind, with how sure that is. */
function apart(runner: Standing | undefined, second: ReportCell, metric: string): string {
  const effect = runner?.judged?.effect;
  if (effect === undefined) {
    const n = second.cell.summary[metric]?.n ?? 0;
    const factor = runner?.factor === undefined ? '' : `${timesText(runner.factor)}, but `;
    return `${factor}${n} ${n === 1 ? 'trial' : 'trials'} cannot tell it from noise`;
  }
  const range = `${timesText(1 + effect.slowdown)} (95 %: ${rangeText(effect)})`;
  return runner?.established === true ? range : `${range}, which may be noise`;
}

/** `17.9k jobs/s [15.7k to 20.2k]` */
function measured({ cell }: ReportCell, { metric, unit }: Headline): string {
  const { text, span } = shown(cell, metric, unit);
  return [text, unitHead(unit), span.replace(' ', ' to ')].filter((part) => part !== '').join(' ');
}

/** The same without its interval, which the table below has: `17.9k jobs/s` */
function numberAlone({ cell }: ReportCell, { metric, unit }: Headline): string {
  return `${shown(cell, metric, unit).text} ${unitHead(unit)}`.trim();
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
  const all = besideAll(model, question);
  const sorted = all.filter(({ alone }) => alone !== undefined).sort((a, b) => growth(a) - growth(b));
  const [least, most] = [sorted[0], sorted.at(-1)];
  if (least === undefined || most === undefined) return [];
  const metric = webMetric(question);
  const text = (one: ReportCell | undefined) => (one === undefined ? '' : shown(one.cell, metric, 'ms').text);
  const [quantile, share] = metric === 'web_p99' ? ['p99', 'one in a hundred'] : ['p50', 'every other one'];
  const means = `the time that ${share} exceeds (${quantile}), alone and then beside busy jobs`;
  const says = ({ aloneCell, busyCell, contender, placement, jobs }: Beside) => {
    const rate = jobs === undefined ? '' : ` (${bare(jobs, 'jobs/s')} jobs/s)`;
    return `${contender.name} ${placeText(placement)}${rate}, ${quantile} from ${text(aloneCell)} to ${text(busyCell)} ms`;
  };
  // Few trials tell nobody apart, and what others promise less for is no fair rank: both as in the sentences below it.
  const few = sorted.length > 1 && fewestOf(sorted) < FEWEST_TRIALS.interleaved;
  const common = { about: 'your web requests', means, sure: few ? ('open' as const) : ('alone' as const) };
  const mixed = new Set(sorted.map(({ contender }) => contender.promise.name)).size > 1 ? '; promises differ' : '';
  const busiest = sorted.filter(({ jobs = 0 }) => jobs > (least.jobs ?? 0) * FEWER).sort(byJobs)[0];
  const more = busiest === undefined ? '' : `; more jobs were done by ${says(busiest)}`;
  const gentle = {
    ...common,
    head: 'Slowed least',
    text: `${says(least)}${more} (${trialsText(sorted, metric)}${mixed})`,
  };
  return least === most ? [gentle] : [gentle, { ...common, head: 'Slowed most', text: says(most) }];
}

/** Who does so much less than another slows nobody down for that alone. */
const FEWER = 1.1;

function byJobs(a: Beside, b: Beside): number {
  return (b.jobs ?? 0) - (a.jobs ?? 0);
}

/** Doing the same jobs where all were asked to; else as busy as they get, which is not the same for any two. */
function besideAll({ contenders }: ReportModel, question: Question): Beside[] {
  const busy = contenders.flatMap((contender) => besideJobs(question, contender));
  const equal = contenders.flatMap((contender) => besideJobs(question, contender, ['equal']));
  return equal.length > 0 && equal.length === busy.length ? equal : busy;
}

function fewestOf(all: readonly Beside[]): number {
  return Math.min(...all.map(({ busyCell }) => counted(busyCell.cell).length));
}

/** Of how many trials the numbers are; a percentile may have been taken of the samples of all trials together. */
function trialsText(all: readonly Beside[], metric: string): string {
  const cells = all.map(({ busyCell }) => busyCell.cell);
  const least = fewestOf(all);
  if (least < 2) return 'one trial each: no interval';
  const together = cells.some(({ merged }) => merged !== undefined && Object.hasOwn(merged, metric));
  return together ? `${least} trials together` : `medians of ${least} trials`;
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
