import type { Redis } from 'ioredis';
import type { QueueKeys } from './keys.js';

/** Each of these happens in Redis at once: no other client sees a half of it. */
const TURN = `
for i = 3, #ARGV do redis.call('LREM', KEYS[1], -1, ARGV[i]) end
local wanted, got = tonumber(ARGV[1]), {}
if wanted == 0 then return {'idle', got} end
if redis.call('EXISTS', KEYS[3]) == 1 then
  if ARGV[2] == 'holding' then return {'suspects', got} end
  return {'more', {redis.call('LMOVE', KEYS[3], KEYS[1], 'RIGHT', 'LEFT')}}
end
while #got < wanted do
  local entry = redis.call('LMOVE', KEYS[2], KEYS[1], 'RIGHT', 'LEFT')
  if not entry then return {'empty', got} end
  got[#got + 1] = entry
end
return {'more', got}`;

const FAILED = `
if redis.call('LREM', KEYS[1], -1, ARGV[1]) == 0 then return 0 end
if ARGV[3] == 'dead' then redis.call('RPUSH', KEYS[2], ARGV[2])
elseif ARGV[3] == 'now' then redis.call('LPUSH', KEYS[2], ARGV[2])
else
  redis.call('ZADD', KEYS[2], ARGV[3], ARGV[2])
  if redis.call('ZRANK', KEYS[2], ARGV[2]) == 0 then redis.call('PUBLISH', ARGV[4], ARGV[3]) end
end
return 1`;

const LATER = `
redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2])
if redis.call('ZRANK', KEYS[1], ARGV[2]) == 0 then redis.call('PUBLISH', ARGV[3], ARGV[1]) end`;

const PROMOTE = `
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, 500)
if #due > 0 then
  redis.call('ZREM', KEYS[1], unpack(due))
  redis.call('LPUSH', KEYS[2], unpack(due))
end
return redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2]`;

const NOW = `
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)`;

/** What it still holds is told after its sign of life, so that nobody takes it away in between. */
const ALIVE = `${NOW}
redis.call('ZADD', KEYS[1], now, ARGV[1])
return redis.call('LRANGE', KEYS[2], 0, -1)`;

const BEAT = `${NOW}
local before = redis.call('ZSCORE', KEYS[1], ARGV[1])
redis.call('ZADD', KEYS[1], now, ARGV[1])
return (before and now - before <= tonumber(ARGV[2])) and 'kept' or 'lapsed'`;

/**
 * A worker stays on the list for a while after its jobs were taken away: a job may still reach it by a BLMOVE that it
 * sent before it froze, and must not be forgotten.
 */
const REAP = `${NOW}
local buried = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[1])) do
  local taken = ARGV[3] .. id
  while true do
    local entry = redis.call('LPOP', taken)
    if not entry then break end
    local name, failures, deaths, rest = string.match(entry, '^(%w+),(%d+),(%d+);(.*)$')
    local again = name .. ',' .. failures .. ',' .. string.format('%d', deaths + 1) .. ';' .. rest
    if deaths + 1 > tonumber(ARGV[4]) then
      redis.call('RPUSH', KEYS[3], again)
      buried[#buried + 1] = again
    else redis.call('RPUSH', KEYS[2], again) end
  end
  if now - redis.call('ZSCORE', KEYS[1], id) > tonumber(ARGV[2]) then redis.call('ZREM', KEYS[1], id) end
end
return {redis.call('EXISTS', KEYS[2]), buried}`;

/** What was taken and not started goes back to where it came from, in the order in which it was. */
const LEAVE = `
while redis.call('LMOVE', KEYS[2], KEYS[3], 'LEFT', 'RIGHT') do end
redis.call('ZREM', KEYS[1], ARGV[1])`;

const DEPTH = `
local n = redis.call('LLEN', KEYS[1]) + redis.call('LLEN', KEYS[2]) + redis.call('ZCARD', KEYS[3])
for _, id in ipairs(redis.call('ZRANGE', KEYS[4], 0, -1)) do n = n + redis.call('LLEN', ARGV[1] .. id) end
return n`;

const SCRIPTS = { TURN, FAILED, LATER, PROMOTE, ALIVE, BEAT, REAP, LEAVE, DEPTH };
type Name = keyof typeof SCRIPTS;
type Call = (keys: number, ...rest: (string | number)[]) => Promise<unknown>;

/** Whether a worker finds more after what it was given. `suspects`: only when it holds nothing. */
export type Supply = 'more' | 'empty' | 'suspects' | 'idle';

/** The scripts of one connection, each sent whole once and by its digest afterwards. */
export function scripts(redis: Redis) {
  for (const [name, lua] of Object.entries(SCRIPTS)) redis.defineCommand(named(name as Name), { lua });
  // ioredis adds a method for each defined command, which its types cannot know.
  const calls = redis as unknown as Readonly<Record<string, Call>>;
  const run = (name: Name, keys: readonly string[], ...args: readonly (string | number)[]) =>
    (calls[named(name)] as Call)(keys.length, ...keys, ...args); // defined just now

  return {
    /** Acks, and takes up to `wanted` jobs. What it cannot know of the answers' shapes, the scripts above say. */
    turn: (q: QueueKeys, id: string, wanted: number, holding: 'holding' | 'free', acks: readonly string[]) =>
      run('TURN', [q.takenBy + id, q.waiting, q.suspects], wanted, holding, ...acks) as Promise<[Supply, string[]]>,
    /** @param at when it is tried again; `dead`: never */
    failed: (q: QueueKeys, id: string, entry: string, next: string, at: number | 'now' | 'dead') => {
      const target = at === 'dead' ? q.dead : at === 'now' ? q.waiting : q.later;
      return run('FAILED', [q.takenBy + id, target], entry, next, at, q.channel);
    },
    later: (q: QueueKeys, at: number, entry: string) => run('LATER', [q.later], at, entry, q.channel),
    /** @returns when the next is due */
    async promote(q: QueueKeys, now: number): Promise<number | undefined> {
      const next = (await run('PROMOTE', [q.later, q.waiting], now)) as string | null;
      return next === null ? undefined : Number(next);
    },
    alive: (q: QueueKeys, id: string) => run('ALIVE', [q.workers, q.takenBy + id], id) as Promise<string[]>,
    beat: (q: QueueKeys, id: string, lease: number) =>
      run('BEAT', [q.workers], id, lease) as Promise<'kept' | 'lapsed'>,
    /** @returns whether there are suspects (0 or 1), and the jobs that are given up */
    reap: (q: QueueKeys, lease: number, forgetMs: number, redeliveries: number) =>
      run('REAP', [q.workers, q.suspects, q.dead], lease, forgetMs, q.takenBy, redeliveries) as Promise<
        [suspects: number, buried: string[]]
      >,
    leave: (q: QueueKeys, id: string) => run('LEAVE', [q.workers, q.takenBy + id, q.waiting], id),
    depth: (q: QueueKeys) => run('DEPTH', [q.waiting, q.suspects, q.later, q.workers], q.takenBy) as Promise<number>,
  };
}

export type Scripts = ReturnType<typeof scripts>;

const named = (name: Name) => `jobbench${name}`;
