import { createHash } from 'node:crypto';
import { h, type Markup, scriptJson } from './markup.js';
import type { ReportModel, SourceFile } from './model.js';
import type { Section } from './section.js';
import { SECTIONS } from './sections.js';

/** What a page carries besides its own text; read by the caller, because a report is made of nothing but data. */
export interface Assets {
  /** Text of a file of `client/`: `page.js`, `page.css`. @throws Error when there is none */
  client(name: string): string;
  readonly uplot: { readonly script: string; readonly style: string };
}

/**
 * A report as one HTML file that asks nothing of any server. Its policy allows only the scripts and styles in it, by
 * their hashes: text of a result file that would get past `h` still could not run.
 */
export function page(model: ReportModel, assets: Assets): string {
  const sections = SECTIONS.flatMap((make) => make(model) ?? []);
  const plots = sections.some(({ uses }) => uses === 'uplot');
  const named = (kind: 'scripts' | 'styles') => [...new Set(sections.flatMap((section) => section[kind] ?? []))];
  const styles = [
    ...(plots ? [assets.uplot.style] : []),
    ...['page', ...named('styles'), 'print'].map((name) => assets.client(`${name}.css`)),
  ];
  const scripts = [
    ...(plots ? [assets.uplot.script] : []),
    ...['page', ...named('scripts')].map((name) => assets.client(`${name}.js`)),
  ].map(withoutEnd);
  const title = titleOf(model);
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy(scripts, styles)}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="referrer" content="no-referrer">',
    h`<title>${title}</title>`.markup,
    ...styles.map((style) => `<style>${style}</style>`),
    '</head>',
    '<body>',
    body(model, sections).markup,
    ...sections.filter(({ data }) => data !== undefined).map(dataOf),
    ...scripts.map((script) => `<script>${script}</script>`),
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function titleOf({ files, questions }: ReportModel): string {
  const names = questions.map(({ name }) => name).join(', ');
  const when = files[0]?.result.run.startedAt.slice(0, 10) ?? '';
  return ['jobbench', names, when].filter((part) => part !== '').join(' · ');
}

function body(model: ReportModel, sections: readonly Section[]): Markup {
  return h`<a class="skip" href="#main">Skip to the report</a>
<header class="top"><div><div><h1>jobbench <span class="soft">${model.questions.map(({ name }) => name).join(', ')}</span></h1>
${model.files.map((file) => about(file, model.files.length > 1))}</div>
<button type="button" class="theme" id="theme" hidden>Theme</button></div></header>
<nav aria-label="Sections"><ol>${sections.map(({ id, title, short }) => h`<li><a href="#${id}">${short ?? title}</a></li>`)}</ol></nav>
<main id="main">
${sections.map(
  (section) => h`<section id="${section.id}" aria-labelledby="${section.id}-title">
<h2 id="${section.id}-title">${section.title}</h2>
${section.html}
</section>
`,
)}
</main>
<footer><p>Made by jobbench ${model.files[0]?.result.run.jobbench}. This file is complete: it loads nothing from anywhere.</p></footer>`;
}

function about({ label, result: { run, host } }: SourceFile, named: boolean): Markup {
  const at = run.startedAt.slice(0, 16).replace('T', ' ');
  if (run.virtual)
    return h`<p class="meta">${named && h`<b>${label}</b> · `}${at} · <b>virtual time: simulated, nothing was measured</b> · seed ${run.seed}</p>`;
  const facts = [
    at,
    `profile ${run.profile}`,
    `${host.cores} ${host.cores === 1 ? 'core' : 'cores'}, ${host.cpu}${host.virtual ? ' (virtual)' : ''}`,
    host.os,
    `Node ${host.node}`,
  ];
  return h`<p class="meta">${named && h`<b>${label}</b> · `}${facts.join(' · ')}</p>`;
}

function dataOf({ id, data }: Section): string {
  return `<script type="application/json" id="data-${id}">${scriptJson(data)}</script>`;
}

/** `'none'` for all but what is hashed: images, frames, fonts, requests, forms and base addresses too. */
function policy(scripts: readonly string[], styles: readonly string[]): string {
  const list = (texts: readonly string[]) => [...new Set(texts.map(hashOf))].join(' ');
  return `default-src 'none'; script-src ${list(scripts)}; style-src ${list(styles)}; base-uri 'none'; form-action 'none'`;
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/** What would end the element early may stand in a script only inside its texts, where a backslash changes nothing. */
function withoutEnd(script: string): string {
  return script.replace(/<\/(script)/gi, '<\\/$1').replace(/\r\n?/g, '\n');
}
