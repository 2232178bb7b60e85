import { ours } from '../lib/contenders.js';
import { family } from '../lib/family.js';
import { stage } from '../lib/stage.js';

const COUNTS = [1, 10, 100];
const MODES = { enqueue64: 'enqueue, 64 in flight', drain: 'pop and ack' };
/** How each adapter has its queues named. */
const WRITTEN = {
  sqlite: (names) => names.map((name) => `${name}:1`).join(','),
  redis: (names) => names.join(','),
};
/** BullMQ has a worker for each queue, and each needs a slot. */
const CONCURRENCY = 100;

/** Jobs spread over so many queues of one adapter, in turn, which one worker serves all. */
export async function queues(adapter, { workshop, ...context }) {
  const on = stage(workshop);
  const contenders = [];
  for (const count of COUNTS) {
    const names = Array.from({ length: count }, (_, n) => (n === 0 ? 'default' : `q${n}`));
    const settings = `${count} ${count === 1 ? 'queue' : 'queues'}`;
    const options = { queues: WRITTEN[adapter](names) };
    const contender = await ours(adapter, workshop, { options, label: settings, settings, concurrency: CONCURRENCY });
    contenders.push({ ...contender, ...(contender.run && { run: { ...contender.run, queues: names } }) });
  }
  const measure = async (contender) => ({ ...(await on.enqueue(contender, [64])), drain: await on.drain(contender) });
  const title = `Jobs spread over queues of ${adapter} that one worker serves`;
  return family({ key: `queues of ${adapter}`, title, modes: MODES, contenders, measure }, context);
}
