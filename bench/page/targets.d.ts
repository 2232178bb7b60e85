export function targetsText(families: object, self: object | undefined): string;
