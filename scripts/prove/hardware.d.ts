/** Arguments of `jobbench ab` for head jobs that take `much` percent longer. */
export function plantedArgs(much: number, length?: readonly string[]): string[];
/** Arguments of `jobbench ab` for the same code twice. */
export function identicalArgs(length?: readonly string[]): string[];
