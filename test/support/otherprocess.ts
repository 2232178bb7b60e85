import { spawn } from 'node:child_process';
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
