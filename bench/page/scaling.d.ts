export function sweepText(sweep: { param: string; metric: string }, result: object | undefined): string;
