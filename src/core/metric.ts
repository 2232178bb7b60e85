/** What a number is, so that reports need nothing but the result file. */
export interface MetricInfo {
  readonly label: string;
  readonly unit: 'jobs/s' | 'req/s' | '/s' | 'ms' | 'bytes' | 'ratio' | 'count' | 'percent' | 'usd' | 's' | 'index';
  readonly better: 'higher' | 'lower';
}

/** A number that we cannot stand behind is not printed; the reason is. */
export interface Refused {
  readonly refused: string;
}

export type Measured<M extends string = string> = Readonly<Record<M, number | Refused>>;

export function refuse(reason: string): Refused {
  return { refused: reason };
}

/** Whether a reason speaks of the whole trial (UNSTABLE, DISTURBED), not of the number of its samples. */
export function speaksOfTrial(reason: string): boolean {
  return /^[A-Z]{3,}\b/.test(reason);
}
