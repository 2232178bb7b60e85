/** Result files of the runs of a sweep that there are, by their names. */
type Results = Readonly<Record<string, object>>;
export function sweepText(sweep: { param: string; metrics: readonly string[] }, results: Results): string;
export function backlogText(sweep: { param: string; write: (value: number) => string }, results: Results): string;
export function idleText(sweep: object, results: Results): string;
