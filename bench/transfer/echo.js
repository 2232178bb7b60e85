// Reads what it is sent and answers with its size; bytes are moved back, because whoever sent them has them no more.
import { parentPort, workerData } from 'node:worker_threads';
import { sizeOf, WAYS } from './ways.js';

const { open } = WAYS[workerData];
parentPort.on('message', (message) => {
  const payload = open(message);
  if (payload instanceof ArrayBuffer) parentPort.postMessage(payload, [payload]);
  else parentPort.postMessage(sizeOf(payload));
});
