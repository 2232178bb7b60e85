/** The other end of children.js: answers each call by the function of its name, until whoever started this process is gone. */
export function answer(calls) {
  process.on('message', async ({ id, call, argument }) => {
    try {
      process.send({ id, result: await calls[call](argument) });
    } catch (error) {
      process.send({ id, error: `${call}: ${error.stack}` });
    }
  });
  process.on('disconnect', () => process.exit());
}
