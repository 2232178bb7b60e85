import { type Distribution, parseDistribution, type ReadText } from '../core/distribution.js';

/** How long machines are up until they die: `never`, or a distribution. @throws Error with what is allowed */
export function parseLifetime(text: string, read: ReadText): Distribution {
  if (text === 'never') return NEVER;
  const lifetime = parseDistribution(text, read);
  if (lifetime.maxMs === 0)
    throw new Error(`"${text}": a machine that dies at once runs nothing; write exponential:6h, or never`);
  return lifetime;
}

const NEVER: Distribution = {
  quantile: () => Number.POSITIVE_INFINITY,
  maxMs: Number.POSITIVE_INFINITY,
  meanMs: Number.POSITIVE_INFINITY,
};
