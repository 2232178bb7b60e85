/** Arguments of `jobbench ab` for head jobs that take `much` percent longer. */
export function plantedArgs(much: number, blocks?: number): string[];
/** Arguments of `jobbench ab` for the same code twice. */
export function identicalArgs(blocks?: number): string[];
