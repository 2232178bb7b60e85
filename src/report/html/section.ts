import type { Markup } from './markup.js';
import type { ReportModel } from './model.js';

/**
 * A part of the page. No inline style or `on...` attribute works in it, because the page's policy allows only what is
 * hashed: use classes and attributes of SVG.
 */
export interface Section {
  /** Ours, and unique: letters, digits and hyphens. */
  readonly id: string;
  readonly title: string;
  /** Of the list of sections, where the title is long. */
  readonly short?: string;
  readonly html: Markup;
  /** Files of `client/` that it needs, without `.js`; each is put into the page once, in the order of the sections. */
  readonly scripts?: readonly string[];
  /** Files of `client/` that it needs, without `.css`. */
  readonly styles?: readonly string[];
  /** For its scripts, which read it by `jobbench.data(id)`. */
  readonly data?: unknown;
  /** Puts uPlot and its style before all scripts. */
  readonly uses?: 'uplot';
}

/** Absent where there is no data: a reader should not look at empty frames. */
export type SectionMaker = (model: ReportModel) => Section | undefined;
