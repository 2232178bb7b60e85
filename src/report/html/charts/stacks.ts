import { bare } from '../../numbers.js';
import { h, type Markup } from '../markup.js';
import { axis, gridLines, percent } from './bars.js';
import { linearScale, type Scale } from './scale.js';

/** A bar made of parts, in the order of `parts`. */
export interface Stack {
  readonly name: string;
  readonly values: readonly number[];
}

export interface Stacks {
  /** What the parts are called; each has a shade of its own, in whatever chart it stands. */
  readonly parts: readonly Part[];
  readonly rows: readonly Stack[];
  readonly unit: string;
}

const SHADES = ['queue', 'provision', 'boot', 'app boot', 'resume', 'run', 'lost', 'lingering'] as const;
export type Part = (typeof SHADES)[number];

function shadeOf(part: Part | undefined): string {
  return `part${part === undefined ? 0 : SHADES.indexOf(part)}`;
}

const HEIGHT = 24;

/** Stacked bars on one scale, with the shades explained above them and each part's number in words. */
export function stackChart({ parts, rows, unit }: Stacks): Markup {
  const scale = linearScale(
    rows.map(({ values }) => values.reduce((sum, value) => sum + value, 0)),
    unit,
  );
  return h`<div class="bars"><ul class="shades">${parts.map(
    (part) =>
      h`<li><svg width="14" height="14" aria-hidden="true"><rect class="${shadeOf(part)}" width="14" height="14"/></svg> ${part}</li>`,
  )}</ul>
<ul>${rows.map((row) => stack(row, parts, scale, unit))}</ul>
${axis(scale, unit)}</div>`;
}

function stack({ name, values }: Stack, parts: readonly Part[], scale: Scale, unit: string): Markup {
  const total = values.reduce((sum, value) => sum + value, 0);
  const named = values.flatMap((value, at) => (value > 0 ? [`${parts[at]} ${bare(value, unit)}`] : []));
  const label = `${name}: ${bare(total, unit)} ${unit}: ${named.join(', ')}`;
  let before = 0;
  return h`<li class="bar">
<span class="bar-name">${name}</span><span class="bar-value"><b>${bare(total, unit)}</b></span>
<svg class="bar-plot" height="${HEIGHT}" role="img" aria-label="${label}"><title>${label}</title>${gridLines(scale, HEIGHT)}${values.map(
    (value, at) => {
      const from = scale.share(before);
      before += value;
      const width = scale.share(before) - from;
      return (
        value > 0 &&
        h`<rect class="${shadeOf(parts[at])}" x="${percent(from)}" y="4" width="${percent(width)}" height="16"/>`
      );
    },
  )}</svg>
</li>
`;
}
