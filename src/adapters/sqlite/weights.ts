/** Smooth weighted round robin: over any stretch each queue comes first in proportion to its weight. */
export function weighted(text: string) {
  const queues = text.split(',').map((entry) => {
    const [name = '', weight = '1'] = entry.split(':');
    return { name, weight: Number(weight), credit: 0 };
  });
  const total = queues.reduce((sum, queue) => sum + queue.weight, 0);
  const names = queues.map((queue) => queue.name);
  return {
    names,
    turn(): readonly string[] {
      if (queues.length === 1) return names;
      for (const queue of queues) queue.credit += queue.weight;
      const order = [...queues].sort((a, b) => b.credit - a.credit);
      const first = order[0];
      if (first !== undefined) first.credit -= total;
      return order.map((queue) => queue.name);
    },
  };
}

/** As the option `queues` is written: `default:1,urgent:5`. */
export function weightsText(weights: Readonly<Record<string, number>>): string {
  return Object.entries(weights)
    .map(([name, weight]) => `${name}:${weight}`)
    .join(',');
}
