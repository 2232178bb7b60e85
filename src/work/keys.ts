import type { Job } from '../core/job.js';

/** The unique keys of the jobs that a queue in this process holds. Jobs without one cost a look at a property. */
export function heldKeys() {
  const held = new Set<string>();
  const nameOf = ({ queue, key }: Job) => JSON.stringify([queue, key]);
  return {
    /** Whether the job is wanted: not when another of its key is here. */
    take(job: Job): boolean {
      if (job.key === undefined) return true;
      const name = nameOf(job);
      if (held.has(name)) return false;
      held.add(name);
      return true;
    },
    free(job: Job): void {
      if (job.key !== undefined) held.delete(nameOf(job));
    },
  };
}
