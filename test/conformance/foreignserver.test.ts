import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { startRedis, stopRedis, tellRedis } from '../../src/servers/redis.js';
import { caseNamed, contextFor } from '../support/conformance.js';
import { contestant, missing, scratchFolder } from '../support/contestants.js';
import { SUITE, verifyCase } from '../support/dist.js';

const noServer = await missing(await contestant('redis'));

describe.skipIf(noServer !== undefined)(noServer ?? 'on a server that others use', () => {
  const FOREIGN = 1_000;
  const scratch = scratchFolder();
  let socket = '';
  const asked = async (command: string) => (await tellRedis(socket, command)).trim();
  /** Keys of others: some that are named as ours are, of another run. */
  const put = `for i = 1, ${FOREIGN / 2} do redis.call('SET', 'app:' .. i, i) redis.call('SET', 'jobbench:other:' .. i, i) end`;

  beforeAll(async () => {
    ({ socket } = await startRedis(scratch.dir, 'none'));
    await asked(`EVAL "${put}" 0`);
    vi.stubEnv('REDIS_URL', socket);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await stopRedis(socket);
    scratch.remove();
  });
  afterEach(async () => {
    const ours = "for _, key in ipairs(redis.call('KEYS', 'jobbench:contract:*')) do redis.call('DEL', key) end";
    await asked(`EVAL "${ours}" 0`);
  });

  async function looked(name: string) {
    const verdict = await verifyCase(
      caseNamed(SUITE, 'nothing is left behind'),
      contextFor(await contestant(name), scratch.dir),
    );
    return { ...verdict, left: Number((await asked('DBSIZE')).slice(1)) - FOREIGN };
  }

  it.each(['redis', 'redis-list'])('%s leaves none of its keys behind, and those of others alone', async (name) => {
    expect(await looked(name)).toMatchObject({ status: 'kept', violations: [], left: 0 });
  });

  it('what an adapter leaves is found, and nothing of others is taken for it', async () => {
    const { violations, left } = await looked('leaveskeys');
    expect(left).toBeGreaterThan(0);
    expect(violations).toEqual([
      expect.stringMatching(new RegExp(`^left ${left} keys on the server, as jobbench:contract:`)),
    ]);
  });
});
