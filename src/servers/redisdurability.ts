import type { Traits } from '../core/traits.js';
import type { Persistence } from './redis.js';

/**
 * rdb loses all since the last snapshot. aof (everysec) replies before it writes while a flush is under way, for up to
 * two seconds, so a killed server loses accepted jobs: docs/decisions/010-redis-durability.md has the measurement. Only
 * aof-always writes and flushes before each reply.
 */
export function durability(persistence: Persistence): Traits['durability'] {
  return persistence === 'aof-always' ? 'power-loss' : 'memory';
}

/** What must stand beside numbers of a server that writes in this way, where the word for its durability does not say it. */
export function durabilityNotes(persistence: Persistence): string[] {
  return persistence === 'aof'
    ? ['aof: what was accepted in the last second or two is lost if redis-server is killed while it flushes']
    : [];
}
