import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { realpathSync } from 'node:fs';
import { createServer } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { codeOf, JobbenchError } from '../core/errors.js';

/**
 * Claims the place of a result for one run, until it is disposed of or the process ends, however it ends: two runs would
 * share a journal, and the later result replace the other one. By an abstract socket whose name is made of the path, which
 * nobody connects to and only Linux has; elsewhere nothing is claimed.
 * @param path of the result; its folder exists
 * @throws JobbenchError USAGE while another run holds it
 */
export async function claimOutput(path: string): Promise<Disposable> {
  if (process.platform !== 'linux') return { [Symbol.dispose]: () => undefined };
  const server = createServer((socket) => socket.destroy());
  server.listen(`\0jobbench-out-${nameOf(path)}`);
  try {
    await once(server, 'listening');
    server.unref();
  } catch (cause) {
    // A kernel without such sockets: then nobody is kept out.
    if (codeOf(cause) !== 'EADDRINUSE') return { [Symbol.dispose]: () => undefined };
    const message = `another jobbench run is writing ${path}: choose another place with --out, or wait until it has ended`;
    throw new JobbenchError('USAGE', message, { cause });
  }
  return { [Symbol.dispose]: () => void server.close() };
}

/** One for each file, by whichever way its folder was named. */
function nameOf(path: string): string {
  const whole = join(realpathSync(dirname(path)), basename(path));
  return createHash('sha256').update(whole).digest('hex').slice(0, 32);
}
