export function orderOf(names: readonly string[], round: number): string[];
