import { compiled } from './compiled.mjs';

const sqlite = await compiled('adapters/sqlite.js');

/** Serves all queues alike, whatever their weights. */
export default {
  ...sqlite,
  weighted: (o, weights) => sqlite.weighted(o, Object.fromEntries(Object.keys(weights).map((queue) => [queue, 1]))),
};
