import { Tinypool } from 'tinypool';
import { pooled } from './pool.js';

const filename = new URL('./task.js', import.meta.url).href;

export const connect = pooled((threads, options) => {
  const pool = new Tinypool({ filename, minThreads: threads, maxThreads: threads, ...options });
  return { run: (job) => pool.run(job) };
});
