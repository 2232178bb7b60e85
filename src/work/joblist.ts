import type { Job } from '../core/job.js';

/** Jobs that wait in this process: the most urgent first, then first in, first out. */
export interface JobList {
  readonly length: number;
  add(job: Job): void;
  take(): Job | undefined;
  /** What was taken but not started goes before what came later, in its order. */
  putBack(jobs: readonly Job[]): void;
}

/** Jobs without a priority, which are the most urgent, are in a list that knows nothing of the others. */
export function jobList(): JobList {
  const plain = fifo();
  const others = new Map<number, Fifo>();
  /** Those of `others`, in order. They stay when they are empty: few priorities are in use. */
  let priorities: number[] = [];
  let waiting = 0;

  function listOf({ priority }: Job): Fifo {
    if (priority === undefined || priority === 0) return plain;
    waiting++;
    const known = others.get(priority);
    if (known !== undefined) return known;
    const list = fifo();
    others.set(priority, list);
    priorities = [...others.keys()].sort((a, b) => a - b);
    return list;
  }
  function takeOther(): Job | undefined {
    waiting--;
    for (const priority of priorities) {
      const job = others.get(priority)?.take();
      if (job !== undefined) return job;
    }
    return undefined;
  }
  return {
    get length() {
      return plain.length + waiting;
    },
    add: (job) => listOf(job).add(job),
    take: () => plain.take() ?? (waiting > 0 ? takeOther() : undefined),
    putBack(jobs) {
      for (let i = jobs.length - 1; i >= 0; i--) {
        const job = jobs[i] as Job; // i is within the list
        listOf(job).putBack(job);
      }
    },
  };
}

interface Fifo {
  readonly length: number;
  add(job: Job): void;
  take(): Job | undefined;
  putBack(job: Job): void;
}

function fifo(): Fifo {
  let jobs: Job[] = [];
  let head = 0;
  const returned: Job[] = [];
  return {
    get length() {
      return jobs.length - head + returned.length;
    },
    add: (job) => void jobs.push(job),
    take() {
      if (returned.length > 0) return returned.pop();
      if (head === jobs.length) return undefined;
      const job = jobs[head++];
      // Cutting off what is consumed costs a copy of the rest: so only when that is the smaller half.
      if (head >= 4096 && head * 2 >= jobs.length) {
        jobs = jobs.slice(head);
        head = 0;
      }
      return job;
    },
    putBack: (job) => void returned.push(job),
  };
}
