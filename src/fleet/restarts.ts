const FIRST_MS = 10_000;
const LONGEST_MS = 300_000;
/** Whoever was well for so long begins anew. */
const FORGIVEN_MS = 600_000;

/**
 * When machines that are always up are started again after their bodies crashed with nothing to do: at once, then after 10 s,
 * then after twice as long each time, up to 5 min. After what the kubelet does with containers, which call it CrashLoopBackOff
 * (https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy).
 */
export class Restarts {
  /** When those that were held back may start; Infinity = none are. */
  dueAt = Number.POSITIVE_INFINITY;
  #crashes = 0;
  #lastAt = Number.NEGATIVE_INFINITY;
  #notBefore = Number.NEGATIVE_INFINITY;

  crashed(now: number): void {
    if (now - this.#lastAt > FORGIVEN_MS) this.#crashes = 0;
    this.#lastAt = now;
    const waitMs = this.#crashes === 0 ? 0 : Math.min(LONGEST_MS, FIRST_MS * 2 ** (this.#crashes - 1));
    this.#crashes++;
    this.#notBefore = Math.max(this.#notBefore, now + waitMs);
  }

  /** Whether one may start now; asks to be reminded where it may not. */
  mayStart(now: number): boolean {
    this.dueAt = now < this.#notBefore ? this.#notBefore : Number.POSITIVE_INFINITY;
    return this.dueAt === Number.POSITIVE_INFINITY;
  }
}
