/**
 * The other end of children.js: answers each call by the function of its name, and `cpu` in any case, until whoever started this
 * process is gone.
 */
export function answer(own) {
  const calls = { cpu: async () => cpuMs(), ...own };
  process.on('message', async ({ id, call, argument }) => {
    try {
      process.send({ id, result: await calls[call](argument) });
    } catch (error) {
      process.send({ id, error: `${call}: ${error.stack}` });
    }
  });
  process.on('disconnect', () => process.exit());
}

/** Processor time of this process so far, ms. */
export function cpuMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
