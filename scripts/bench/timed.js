const REFILL = 500;

/**
 * Enqueue calls, `inFlight` at a time, for `warmMs + durationMs`.
 * @returns jobs accepted per second of `durationMs`, and how many were enqueued in all
 */
export async function enqueueFor({ inFlight, warmMs, durationMs, session, nextJob, made }) {
  const before = made();
  const from = performance.now() + warmMs;
  const to = from + durationMs;
  let seen = 0;
  let now = 0;
  const lane = async () => {
    while (now < to) {
      await session.enqueue(nextJob());
      now = performance.now();
      if (now >= from && now < to) seen++;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  return { perS: (seen * 1000) / durationMs, jobs: made() - before };
}

/**
 * Works at a backlog that is refilled by the bulk path after every 500 jobs, as many as settled, so that it stays as deep as it
 * was. The clock stands still while it is refilled.
 */
export async function kept({ warm, jobs, session, nextJob, start, stop, onSettled }) {
  let settled = 0;
  let refilling = 0;
  let pending = Promise.resolve();
  let from = 0;
  let refillingBefore = 0;
  const all = new Promise((resolve, reject) => {
    onSettled(() => {
      settled++;
      if (settled === warm) {
        from = performance.now();
        refillingBefore = refilling;
      }
      if (settled === warm + jobs) resolve(performance.now() - from - (refilling - refillingBefore));
      if (settled % REFILL !== 0) return;
      const began = performance.now();
      pending = Promise.resolve(session.enqueueMany(Array.from({ length: REFILL }, nextJob))).catch(reject);
      refilling += performance.now() - began;
    });
  });
  start();
  const tookMs = await all;
  onSettled(() => undefined);
  await stop();
  await pending;
  return (jobs * 1000) / tookMs;
}
