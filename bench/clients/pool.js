/** What pools of threads have in common: a task for each job, told when it is done; they start with the run. */
export const pooled = (open) => async (_address, options) => {
  let pool;
  let report;
  return {
    enqueue(job) {
      pool.run(job).then(report);
    },
    async run({ signal, concurrency, settled }) {
      report = () => settled();
      pool = open(concurrency, options);
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true })); // threads end with the process
    },
  };
};
