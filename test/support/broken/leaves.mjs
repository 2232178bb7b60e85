import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { faulty } from './faulty.mjs';

const plain = faulty();
const options = z.object({ leaves: z.enum(['file', 'note', 'process', 'socket', 'strays', 'keys', 'job']) });

/** A sound queue that leaves something behind, or changes what is queued when somebody connects. Its test tidies. */
export default {
  ...plain,
  options,
  async create({ leaves }, { dir, name }) {
    if (leaves === 'file') writeFileSync(join(tmpdir(), `left-${basename(dir)}.lock`), '');
    if (leaves === 'note') writeFileSync(join(tmpdir(), `left-${process.pid}`), `the queue in ${dir}`);
    if (leaves === 'process') sleepNaming(dir);
    if (leaves === 'socket') await listenNaming(name);
    return { leaves, sessions: [] };
  },
  async connect({ leaves, sessions }, chosen) {
    const session = await plain.connect({}, chosen);
    sessions.push(session);
    if (leaves !== 'job') return session;
    return { ...session, depth: async () => (await session.depth()) + sessions.length - 1 };
  },
  harms: ({ leaves }) => ({
    strays: async () => (leaves === 'strays' ? ['a lock'] : []),
    leftovers: async () => (leaves === 'keys' ? ['a list', 'a set'] : []),
  }),
};

function sleepNaming(dir) {
  const options = { detached: true, stdio: 'ignore' };
  spawn(process.execPath, ['-e', 'setTimeout(() => undefined, 3000)', dir], options).unref();
}

/** Linux has sockets without a file. */
async function listenNaming(name) {
  const server = createServer().unref();
  await new Promise((resolve) => server.listen(`\0${name}`, resolve));
}
