// Requests in an open loop, each timed from the instant it was due, whatever became of those before it.
import { Pool } from 'undici';
import { answer } from '../../scripts/bench/answer.js';

const plan = JSON.parse(process.argv[2]);
const pool = new Pool('http://web', { socketPath: plan.socket, connections: 256, pipelining: 1 });

answer({
  /** @returns latencies in ms of the requests that were due after `warmMs` */
  async run({ ratePerS, warmMs, durationMs }) {
    const began = performance.now();
    const calls = [];
    let due = 0;
    while (due < warmMs + durationMs) {
      const gap = began + due - performance.now();
      // A wait that spins would take from the workers and the server the processor that they are watched on.
      if (gap > 0) await new Promise((resolve) => setTimeout(resolve, gap));
      else {
        calls.push(request(began + due, due >= warmMs));
        due += (-Math.log(1 - Math.random()) * 1000) / ratePerS;
      }
    }
    const latencies = await Promise.all(calls);
    return latencies.filter((ms) => ms !== undefined);
  },
});

async function request(due, counts) {
  const { statusCode, body } = await pool.request({ method: 'GET', path: '/' });
  await body.dump();
  if (statusCode !== 200) throw new Error(`the server answered ${statusCode}`);
  return counts ? performance.now() - due : undefined;
}
