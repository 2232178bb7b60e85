import { createServer } from 'node:http';
import { JobbenchError } from '../../core/errors.js';
import type { ProcessPlan } from '../../core/plan.js';
import { openAppDb, spin } from '../../work/body.js';

/** The web role: a keep-alive HTTP/1.1 server whose handler burns some processor time, waits, and answers. */
export async function openWeb(
  plan: ProcessPlan & { readonly web: NonNullable<ProcessPlan['web']> },
): Promise<{ close(): Promise<void> }> {
  const { cpuMs, waitMs, socket } = plan.web;
  const iterations = cpuMs * plan.spinsPerMs;
  const file = databaseOf(plan);
  const db = file === undefined ? undefined : await openAppDb(file);
  const server = createServer({ keepAliveTimeout: 60_000 }, (_request, response) => {
    spin(iterations);
    const answer = () => {
      response.writeHead(200, { 'content-type': 'text/plain', 'content-length': 2 });
      response.end('ok');
    };
    const afterWait = () => {
      if (db === undefined) return answer();
      db.read();
      const written = db.write(1);
      if (written === undefined) answer();
      else written.then(answer, () => response.writeHead(500).end());
    };
    if (waitMs === 0) afterWait();
    else setTimeout(afterWait, waitMs);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(new JobbenchError('CHILD', `the web server could not listen on ${socket}`, { cause })),
    );
    server.listen(socket, 4096, resolve);
  });
  return {
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      db?.close();
    },
  };
}

function databaseOf(plan: ProcessPlan): string | undefined {
  const which = plan.web?.db ?? 'off';
  if (which === 'off') return undefined;
  if (which === 'app') return plan.appDb;
  const file = plan.address.sqliteFile;
  if (typeof file !== 'string')
    throw new JobbenchError(
      'UNSUPPORTED',
      'the adapter says that its queue is an SQLite file, but its address has no sqliteFile',
    );
  return file;
}
