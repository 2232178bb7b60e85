import { stripVTControlCharacters } from 'node:util';
import { redact } from '../core/secrets.js';
import type { Observer } from '../engine/request.js';
import type { Output } from './io.js';

/** An observer that prints, and can take its last line away again. */
export interface Progress extends Observer {
  /** Removes the status line. To be called before anything else is printed. */
  clear(): void;
}

/** status: everything. notes: what should stay on the screen. nothing: only errors, which are not printed here. */
export type Verbosity = 'status' | 'notes' | 'nothing';

/**
 * Progress on stderr. Nothing here runs by a timer: it prints when the engine says something, which is never while a
 * clock runs. A terminal gets one line that is written over; anything else gets a line for each new text.
 */
export function createProgress(output: Output, verbosity: Verbosity): Progress {
  let shown = '';
  const clear = () => {
    if (output.isTTY && shown !== '') output.write('\r\u001b[2K');
    shown = '';
  };
  return {
    clear,
    status(text, remainingMs) {
      if (verbosity !== 'status') return;
      const line = remainingMs === undefined ? text : `${text}; ${about(remainingMs)} left`;
      if (!output.isTTY) {
        // The time left alone makes no new line.
        if (text !== shown) output.write(`${line}\n`);
        shown = text;
        return;
      }
      output.write(`\r\u001b[2K${cut(line, (output.columns ?? 80) - 1)}`);
      shown = line;
    },
    note(text) {
      if (verbosity === 'nothing') return;
      clear();
      output.write(`${redact(text)}\n`);
    },
  };
}

/** `about 45 s`, `about 3 min`: estimates, so no more digits than they deserve. */
export function about(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 10) return `about ${Math.max(1, Math.ceil(seconds))} s`;
  if (seconds < 90) return `about ${Math.ceil(seconds / 5) * 5} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `about ${minutes} min` : `about ${Math.round(minutes / 6) / 10} h`;
}

function cut(text: string, width: number): string {
  const plain = stripVTControlCharacters(text);
  return plain.length <= width ? plain : `${plain.slice(0, Math.max(0, width - 3))}...`;
}
