import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { within } from '../../src/engine/deadline.js';
import { scratchFolder } from '../support/contestants.js';

const scratch = scratchFolder();
afterAll(() => scratch.remove());

test('who never answers runs into the deadline, which says what was waited for', async () => {
  const never = new Promise<never>(() => undefined);
  await expect(within(never, 5, 'the last train')).rejects.toMatchObject({
    code: 'TIMEOUT',
    message: 'timed out after 5 ms waiting for the last train',
  });
});

test('an answer that came in time counts, although this process stood still until after the deadline', async () => {
  const script = join(scratch.dir, 'echo.mjs');
  const seen = join(scratch.dir, 'answered');
  writeFileSync(
    script,
    `import { writeFileSync } from 'node:fs';
    process.on('message', (said) => process.send(said, () => writeFileSync(${JSON.stringify(seen)}, '')));
    process.send('ready');`,
  );
  const child = fork(script, { execArgv: [] });
  try {
    await once(child, 'message');
    const answer = once(child, 'message');
    child.send('hello');
    const answered = within(answer, 50, 'an echo');
    standStill(150);
    expect(await answered).toEqual(['hello', undefined]);
  } finally {
    child.kill('SIGKILL');
  }
});

/** As an adapter does that waits for a lock inside a call: for so long at least, and until the echo has come. */
function standStill(ms: number): void {
  const from = performance.now();
  const answered = () => existsSync(join(scratch.dir, 'answered')) || performance.now() - from > 10_000;
  while (performance.now() - from < ms || !answered()) {
    // nothing else gets a turn
  }
}
