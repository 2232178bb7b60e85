import { groupBy } from '../group.js';
import { type Answer, answersOf } from './answers.js';
import { changesOf } from './changes.js';
import { glance } from './glance.js';
import { h, type Markup } from './markup.js';
import type { ReportModel } from './model.js';
import type { Section } from './section.js';
import { warningsOf } from './warnings.js';

/** Which backend, and what it does to web requests: sentences with their uncertainty, a few numbers, and all doubts. */
export function verdict(model: ReportModel): Section {
  const answers = groupBy(answersOf(model), ({ about }) => about);
  return {
    id: 'verdict',
    title: model.files.every(({ result }) => result.run.virtual)
      ? 'What would machines that start for jobs do?'
      : 'Which backend, and what will it do to web requests?',
    short: 'Verdict',
    html: h`${changesOf(model)}
${answers.size > 0 && h`<div class="answers">${[...answers].map(([about, all]) => card(about, all))}</div>`}
${glance(model)}
${warningsOf(model)}`,
    styles: ['verdict'],
  };
}

function card(about: string, answers: readonly Answer[]): Markup {
  const means = answers[0]?.means ?? '';
  return h`<article class="card answer"><h3>${about}</h3>${means !== '' && h`<p class="means">${means}</p>`}${answers.map(({ head, text, sure }) => h`<p><b>${head}:</b> ${mark(sure)}${text}.</p>`)}</article>
`;
}

function mark(sure: Answer['sure']): Markup | undefined {
  if (sure === 'alone') return undefined;
  if (sure === 'open') return h`<span class="badge open" title="the trials cannot tell it from noise">~</span> `;
  return h`<span class="badge best" title="beyond noise: exact test of the trials, corrected for all metrics">established</span> `;
}
