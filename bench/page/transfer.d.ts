/** As bench/parts/transfer.js returned it, and the file of figures keeps it. */
export function transferText(found: object | undefined): string;
