export function figureFile(path: string): { has(name: string): boolean; keep(name: string, found: object): void };
