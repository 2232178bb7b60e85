export function printed(found: object): string;
