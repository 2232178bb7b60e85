import type { Comparison } from '../../core/comparison.js';
import { groupBy } from '../group.js';
import { safe } from './safe.js';

/** Bencher refuses longer names of benchmarks, and of measures. */
const [LONGEST_NAME, LONGEST_MEASURE] = [1000, 64];

/**
 * The head's medians with their intervals in the Bencher Metric Format: benchmark (cell) -> measure (metric) -> value.
 * https://bencher.dev/docs/reference/bencher-metric-format/
 */
export function renderBencher(comparison: Comparison): string {
  const measured = comparison.rows.filter(({ head }) => head !== undefined);
  const benchmarks = [...groupBy(measured, ({ samples }) => samples.cell)].map(([cell, rows]) => {
    const measures = rows.flatMap(({ samples, head }) =>
      head === undefined
        ? []
        : [
            [
              safe(samples.metric, LONGEST_MEASURE),
              { value: head.median, lower_value: head.low, upper_value: head.high },
            ] as const,
          ],
    );
    return [safe(cell, LONGEST_NAME), Object.fromEntries(measures)] as const;
  });
  return `${JSON.stringify(Object.fromEntries(benchmarks), null, 1)}\n`;
}
