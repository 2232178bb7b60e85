import { compiled } from './compiled.mjs';

const redis = await compiled('adapters/redis.js');
const options = redis.options.extend({
  lockDuration: redis.options.shape.lockDuration.default(1000),
  stalledInterval: redis.options.shape.stalledInterval.default(1000),
});

/** Redis without persistence that says it had some. */
export default {
  ...redis,
  options,
  traits: { ...redis.traits, durability: 'process-crash' },
  traitsFor: (o) => ({ ...redis.traitsFor(o), durability: 'process-crash' }),
};
