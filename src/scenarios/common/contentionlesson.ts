import type { LessonCell } from '../../core/scenario.js';
import { digits } from './lesson.js';

/** Two measurements of one p99 differ by so much without any cause. */
const NOISE = 0.25;

const WHERE: Readonly<Record<string, string>> = {
  loop: "on the web server's event loop",
  thread: 'in a thread of its process',
  process: 'in a process of their own',
};

/** "web p99 4.1 -> 31 ms with sqlite workers ..." for each adapter that has both levels. */
export function contentionLesson(cells: readonly LessonCell[]): string | undefined {
  const adapters = [...new Set(cells.map((cell) => cell.adapter))];
  const sentences = adapters.map((adapter) =>
    sentence(
      adapter,
      cells.filter((cell) => cell.adapter === adapter),
    ),
  );
  const said = sentences.filter((text) => text !== undefined);
  return said.length === 0 ? undefined : said.join(' ');
}

function sentence(adapter: string, cells: readonly LessonCell[]): string | undefined {
  const metric = cells.some((cell) => cell.values.web_p99 !== undefined) ? 'web_p99' : 'web_p50';
  const parts = cells
    .filter((cell) => cell.params.level === 'saturated' && cell.status === 'ok' && cell.values[metric] !== undefined)
    .map((cell) => {
      const { placement } = cell.params;
      const alone = cells.find((other) => other.params.level === 'alone' && other.params.placement === placement);
      const before = alone?.values[metric];
      const after = cell.values[metric] ?? 0;
      const rate = cell.values.jobs_rate;
      const at = rate === undefined ? '' : ` (${digits(rate)} jobs/s)`;
      const where = `with jobs ${WHERE[String(placement)] ?? String(placement)}${at}`;
      if (before === undefined) return `${digits(after)} ms ${where}`;
      // Jobs do not make a web server faster: then the difference is that of the two measurements.
      const noise = after > before * (1 + NOISE) ? '' : ` (up to ${100 * NOISE} % more is noise)`;
      return `${digits(before)} -> ${digits(after)} ms${noise} ${where}`;
    });
  if (parts.length === 0) return undefined;
  return `${adapter}: ${metric === 'web_p99' ? 'web p99' : 'web p50'} ${parts.join(', ')}.`;
}
