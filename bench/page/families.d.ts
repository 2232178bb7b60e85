/** As bench/lib/family.js returns it, and the file of figures keeps it. */
export function familyText(found: object | undefined): string;
