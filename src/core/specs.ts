/** Adapters as they were asked for, in lists: splits at commas, but not where the comma belongs to a value: `sqlite?queues=default:1,urgent:5,redis`. */
export function splitSpecs(lists: readonly string[]): string[] {
  return lists.flatMap((list) =>
    list.split(',').reduce<string[]>((specs, piece) => {
      const last = specs.at(-1);
      const continues = last?.includes('?') === true && /^[^?]*[:=]/.test(piece) && !piece.startsWith('file:');
      if (continues) specs[specs.length - 1] = `${last},${piece}`;
      else specs.push(piece.trim());
      return specs;
    }, []),
  );
}
