// A web server whose every request computes for about a millisecond and enqueues a job: the web process of an application.
import { createServer } from 'node:http';
import { answer } from '../../scripts/bench/answer.js';
import { load } from '../../scripts/bench/setup.js';

const plan = JSON.parse(process.argv[2]);
const { spin } = await load('work/body.js');
const { default: exported, connect } = await import(plan.module);
const session = await (exported?.connect ?? connect)(plan.address, plan.options);
const payload = 'x'.repeat(plan.payloadBytes);
const work = { kind: 'noop' };
let index = 0;

const server = createServer(async (_request, response) => {
  spin(plan.iterations);
  await session.enqueue({ index: index++, queue: 'default', work, payload });
  response.writeHead(200, { 'content-type': 'text/plain', 'content-length': 2 });
  response.end('ok');
});
const listening = new Promise((resolve, reject) => {
  server.once('error', reject);
  server.listen(plan.socket, 4096, resolve);
});

answer({ ready: () => listening });
