import { Piscina } from 'piscina';
import { pooled } from './pool.js';

const filename = new URL('./task.js', import.meta.url).href;

export const connect = pooled((threads, options) => {
  const pool = new Piscina({ filename, minThreads: threads, maxThreads: threads, ...options });
  return { run: (job) => pool.run(job) };
});
