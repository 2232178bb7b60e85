type Times = Readonly<Record<string, number | undefined>>;
export function timesText(commands: Readonly<Record<string, Times>>): string;
export function tookMs(families: Readonly<Record<string, { when?: { tookMs?: number } }>>): number | undefined;
export function ranMs(
  results: Readonly<Record<string, { run: { startedAt: string; finishedAt: string } }>>,
): number | undefined;
