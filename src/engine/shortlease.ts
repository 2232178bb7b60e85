import type { Contestant } from './request.js';

/** Leases to offer, longest first: a short one is lost by a worker that a busy machine holds up. */
const LEASES = ['3s', '2s', '1s', '500ms'];

/**
 * How to write a contestant so that it starts a dead worker's jobs again within so many ms: its own label with those
 * options shortened that its promise depends on. Undefined where none of them does it.
 */
export function withShortLease(contestant: Contestant, withinMs: number): string | undefined {
  for (const lease of LEASES) {
    const changed = shortened(contestant, lease, withinMs);
    if (changed === undefined) continue;
    const { label, given } = contestant;
    const [name, query] = [label.split('?')[0], label.split('?').slice(1).join('?')];
    const kept = (query ?? '').split('&').filter((one) => one !== '' && !changed.includes(one.split('=')[0] ?? ''));
    const options = [...(given?.size ? kept : []), ...changed.map((key) => `${key}=${lease}`)];
    return `${name}?${options.join('&')}`;
  }
  return undefined;
}

/** Names of the options, each the one that shortens the promise most while the ones before are set. */
function shortened({ adapter, ref }: Contestant, lease: string, withinMs: number): string[] | undefined {
  const keys = Object.keys(adapter.options?.shape ?? {});
  const promised = (set: readonly string[]) => {
    const parsed = adapter.options?.safeParse({
      ...ref.options,
      ...Object.fromEntries(set.map((key) => [key, lease])),
    });
    return (parsed?.success && adapter.traitsFor?.(parsed.data).recoveryMs) || Number.POSITIVE_INFINITY;
  };
  const set: string[] = [];
  while (promised(set) > withinMs) {
    const next = keys
      .filter((key) => !set.includes(key))
      .map((key) => ({ key, ms: promised([...set, key]) }))
      .reduce((best, one) => (one.ms < best.ms ? one : best), { key: '', ms: promised(set) });
    if (next.key === '') return undefined;
    set.push(next.key);
  }
  return keys.filter((key) => set.includes(key));
}
