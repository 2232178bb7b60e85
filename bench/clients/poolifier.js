import { fileURLToPath } from 'node:url';
import { FixedThreadPool } from 'poolifier';
import { pooled } from './pool.js';

const file = fileURLToPath(new URL('./poolifiertask.js', import.meta.url));

export const connect = pooled((threads, options) => {
  const pool = new FixedThreadPool(threads, file, { enableEvents: false, ...options });
  return { run: (job) => pool.execute(job) };
});
