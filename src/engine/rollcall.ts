/** Who is ready. Several may wait at once: faults revive processes at the same time. */
export interface RollCall {
  ready(name: string): void;
  gone(name: string): void;
  /** Until these are ready: others may be dead on purpose. No deadline of its own. */
  all(names: Iterable<string>): Promise<void>;
}

export function rollCall(): RollCall {
  const present = new Set<string>();
  const waiting = new Set<() => void>();
  return {
    ready(name) {
      present.add(name);
      for (const look of waiting) look();
    },
    gone: (name) => void present.delete(name),
    all(names) {
      const awaited = [...names];
      return new Promise((resolve) => {
        const look = () => {
          if (!awaited.every((name) => present.has(name))) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      });
    },
  };
}
