/** As bench/parts/options.js returns it, and the file of figures keeps it. */
export function optionsText(found: object | undefined): string;
