/** Result files of the runs of a sweep that there are, by their names. */
type Results = Readonly<Record<string, object>>;
/** The commands that a sweep consists of, and what its table says of rates that grow or fall. */
interface Sweep {
  param: string;
  grows?: string;
  runs?: Readonly<Record<string, { args: readonly string[] }>>;
}
export function sweepText(sweep: Sweep & { metrics: readonly string[] }, results: Results): string;
export function backlogText(sweep: Sweep & { write: (value: number) => string }, results: Results): string;
export function idleText(sweep: object, results: Results): string;
