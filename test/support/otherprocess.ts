import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Address } from '../../src/core/adapter.js';
import type { Job } from '../../src/core/job.js';
import { DIST } from './dist.js';

/** A process with a session of its own, connected and waiting; `enqueue` has it enqueue all its jobs at once. */
export async function otherProducer(dir: string, adapter: string, address: Address, jobs: readonly Job[]) {
  const script = join(dir, 'other.mjs');
  const module = JSON.stringify(pathToFileURL(join(DIST, `adapters/${adapter}.js`)).href);
  writeFileSync(
    script,
    `import { once } from 'node:events';
    const { default: adapter } = await import(${module});
    const session = await adapter.connect(${JSON.stringify(address)}, adapter.options.parse({}));
    process.stdout.write('ready');
    await once(process.stdin, 'data');
    await Promise.all(${JSON.stringify(jobs)}.map((job) => session.enqueue(job)));
    await session.close();
    process.exit(0);`,
  );
  const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return {
    async enqueue(): Promise<void> {
      const ended = once(child, 'exit');
      child.stdin.end('go');
      const [code] = await ended;
      if (code !== 0) throw new Error(`the other process ended with ${code}`);
    },
    kill: () => child.kill('SIGKILL'),
  };
}

/** A process that enqueues one job whenever it is sent one, and tells when that was accepted, in ms of the monotonic clock. */
export async function producerOnDemand(dir: string, adapter: string, address: Address, options: object) {
  const script = join(dir, 'ondemand.mjs');
  const module = JSON.stringify(pathToFileURL(join(DIST, `adapters/${adapter}.js`)).href);
  writeFileSync(
    script,
    `const { default: adapter } = await import(${module});
    const chosen = adapter.options.parse(${JSON.stringify(options)});
    const session = await adapter.connect(${JSON.stringify(address)}, chosen);
    process.on('message', async (job) => {
      await session.enqueue(job);
      process.send(Number(process.hrtime.bigint()) / 1e6);
    });
    process.send('ready');`,
  );
  const child = fork(script, { execArgv: [] });
  await once(child, 'message');
  return {
    async enqueue(job: Job): Promise<number> {
      const told = once(child, 'message');
      child.send(job);
      const [acceptedMs] = await told;
      return Number(acceptedMs);
    },
    kill: () => child.kill('SIGKILL'),
  };
}
