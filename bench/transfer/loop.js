// Round trips of one payload at a time to a thread and back, sent in one of the ways of ways.js: `{ way }`.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { answer } from '../../scripts/bench/answer.js';
import { median } from '../../scripts/bench/numbers.js';
import { sizeOf, WAYS } from './ways.js';

const { way } = JSON.parse(process.argv[2]);
const { pack } = WAYS[way];
const thread = new Worker(new URL('./echo.js', import.meta.url), { workerData: way });
await once(thread, 'online');

async function trip(payload) {
  const answered = once(thread, 'message');
  thread.postMessage(...pack(payload));
  const [back] = await answered;
  return back;
}

answer({
  /** @returns the median of the round trips in µs, of at least `least` and as many as fit into `forMs` */
  async run({ character, bytes, warm, least, forMs }) {
    const text = Buffer.alloc(bytes, character).toString();
    let payload = way === 'bytes' ? new ArrayBuffer(bytes) : text;
    const times = [];
    const until = performance.now() + forMs;
    for (let n = 0; n < warm + least || performance.now() < until; n++) {
      const from = performance.now();
      const back = await trip(payload);
      const took = performance.now() - from;
      if ((back.byteLength ?? back) !== sizeOf(payload) && way !== 'bytes')
        throw new Error(`${way}: not what was sent`);
      if (way === 'bytes') payload = back;
      if (n >= warm) times.push(took * 1000);
    }
    return median(times);
  },
});
