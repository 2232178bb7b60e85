const ms = { unit: 'ms', better: 'lower' };

/** The options `set` behind the adapter's name, as a user writes them. */
const set = (adapter, ...all) => Object.fromEntries(all.map((text) => [`${adapter}?${text}`, { set: text }]));

/**
 * What is asked of which options. `measure` is one of measures.js, `waiting` how many jobs a file has beforehand, `others` the
 * same adapter with one thing changed, by its name on the page, which `shows` some of the numbers only where the rest says nothing.
 */
export const QUESTIONS = {
  claims: {
    adapter: 'sqlite',
    title: 'How many jobs a transaction claims and acks',
    modes: { drain: 'pop and ack' },
    waiting: 20_000,
    measure: 'drain',
    others: set('sqlite', 'claimBatch=1', 'claimBatch=10', 'claimBatch=1000'),
  },
  groups: {
    adapter: 'sqlite',
    title: 'Enqueues that share a commit',
    modes: { enqueue1: 'enqueue, 1 in flight', enqueue64: 'enqueue, 64 in flight' },
    measure: 'enqueue',
    others: set('sqlite', 'groupCommit=off'),
  },
  bulk: {
    adapter: 'sqlite',
    title: 'A bulk call of 1,000 jobs',
    modes: { bulk: 'enqueue, 1,000 a call' },
    measure: 'bulk',
    others: set('sqlite', 'bulk=rows'),
  },
  two: {
    adapter: 'sqlite',
    title: 'Two worker processes with more than they get done, and a process that enqueues every 2 ms',
    modes: {
      rate: 'two workers and somebody who enqueues: both workers',
      share: { label: 'the same: share of the worker that got less', unit: '%', better: 'higher' },
      push: { label: 'the same: slowest enqueue', ...ms },
      stall: { label: 'the same: longest stop of the event loop of who enqueues', ...ms },
    },
    waiting: 300_000,
    measure: 'two',
    others: {
      ...set('sqlite', 'busy=sqlite', 'gap=0', 'gap=0&busy=sqlite'),
      'sqlite?claimBatch=1000': { set: 'claimBatch=1000', shows: ['rate', 'push'] },
    },
  },
  redis: {
    adapter: 'redis',
    title: 'A worker of BullMQ',
    modes: {
      drain: 'pop and ack',
      memory: { label: 'memory of the server after 8,000 jobs', unit: 'MB', better: 'lower' },
    },
    measure: 'remembered',
    others: {
      ...Object.fromEntries(
        [1, 50, 100].map((n) => [`redis --concurrency ${n}`, { concurrency: n, shows: ['drain'] }]),
      ),
      ...set('redis', 'removeOnComplete=false'),
    },
  },
  processes: {
    adapter: 'redis',
    title: 'Worker processes of BullMQ',
    modes: { rate: 'pop and ack, all workers' },
    measure: 'crowd',
    others: {
      'redis --workers 2': { workers: 2 },
    },
  },
  idle: {
    adapter: 'redis',
    title: 'An idle worker of BullMQ',
    modes: {
      pickup: { label: 'enqueue to done, idle worker', ...ms },
      commands: { label: 'commands of an idle worker', unit: 'a second', better: 'lower' },
      cpu: { label: 'processor time of an idle worker', unit: 'ms a second', better: 'lower' },
    },
    measure: 'idle',
    others: set('redis', 'drainDelay=100ms', 'drainDelay=10ms'),
  },
  threads: {
    adapter: 'threads',
    title: 'Jobs of a turn in one message',
    modes: { flight1: 'enqueue to done, 1 in flight', flight64: 'enqueue to done, 64 in flight' },
    shipped: { concurrency: 2 },
    measure: 'together',
    others: set('threads', 'ahead=0', 'ahead=10ms'),
  },
};
