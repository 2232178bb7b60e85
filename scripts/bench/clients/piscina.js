import { Piscina } from 'piscina';

/** piscina with as many threads as are asked for; its options come from the benchmark. */
export async function connect(_address, options) {
  let pool;
  let report;
  return {
    enqueue(job) {
      pool.run(job).then(report);
    },
    async run({ signal, concurrency, settled }) {
      report = () => settled();
      const filename = new URL('./piscinatask.js', import.meta.url).href;
      pool = new Piscina({ filename, minThreads: concurrency, maxThreads: concurrency, ...options });
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      await pool.destroy();
    },
  };
}
