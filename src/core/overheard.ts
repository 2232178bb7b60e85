import { redact } from './secrets.js';

let listener: (text: string) => void = () => undefined;

/** Who looks for a mistake in an adapter wants to see what it prints, wherever it runs. Without this it is dropped. */
export function overhear(listen: (text: string) => void): void {
  listener = listen;
}

/** Something that an adapter printed, in whole lines: it may hold passwords as any other text of clients. */
export function overheard(text: string): void {
  listener(redact(text));
}
