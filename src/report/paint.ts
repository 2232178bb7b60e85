import { styleText } from 'node:util';

/** Colours, or nothing at all: what is said never depends on them. */
export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  bad(text: string): string;
  warn(text: string): string;
  good(text: string): string;
}

/** Whoever calls has decided about colour, so the stream is not asked again. */
export function paint(color: boolean): Paint {
  const as = (style: Parameters<typeof styleText>[0]) => (text: string) =>
    color && text !== '' ? styleText(style, text, { validateStream: false }) : text;
  return { bold: as('bold'), dim: as('dim'), bad: as('red'), warn: as('yellow'), good: as('green') };
}
