import { fileURLToPath } from 'node:url';
import workerpool from 'workerpool';
import { pooled } from './pool.js';

const file = fileURLToPath(new URL('./workerpooltask.js', import.meta.url));

export const connect = pooled((threads, options) => {
  const pool = workerpool.pool(file, { minWorkers: threads, maxWorkers: threads, workerType: 'thread', ...options });
  return { run: (job) => pool.exec('noop', [job]) };
});
