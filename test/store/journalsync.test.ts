import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect } from 'vitest';
import { resultFixture } from '../fixtures/result.js';
import { DIST } from '../support/dist.js';
import { testWithStrace } from '../support/strace.js';

/*
 * `append` returns when the line is on the disk. What the disk does cannot be seen from here, but whether it was asked to
 * keep the line before anybody was told can: by the system calls.
 */
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'jobbench-journalsync-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const ENTRIES = 3;

/** Says on stdout when a call has returned, which puts a mark into the trace. */
const PROGRAM = `
  import { readFileSync, writeSync } from 'node:fs';
  const [module, path, trial] = process.argv.slice(1);
  const { openJournal } = await import(module);
  const journal = openJournal(path, { id: 'k3f9' });
  writeSync(1, 'returned\\n');
  for (let i = 0; i < ${ENTRIES}; i++) {
    journal.append({ cell: 'x', trial: JSON.parse(readFileSync(trial, 'utf8')) });
    writeSync(1, 'returned\\n');
  }
  journal.close();
`;

testWithStrace(
  'each line of a journal is written and flushed before anybody goes on',
  async (strace) => {
    const [path, trial, trace] = [join(dir, 'r.journal'), join(dir, 'trial.json'), join(dir, 'trace')];
    writeFileSync(trial, JSON.stringify(resultFixture().cells[0]?.trials[0]));
    const module = pathToFileURL(join(DIST, 'store/journal.js')).href;
    const node = [process.execPath, '--input-type=module', '-e', PROGRAM, module, path, trial];
    const calls = 'trace=write,pwrite64,writev,fdatasync,fsync';
    const ended = spawnSync(strace, ['-f', '-y', '-o', trace, '-e', calls, ...node], {
      encoding: 'utf8',
      timeout: 30_000,
    });
    expect([ended.status, ended.stderr]).toEqual([0, '']);
    // The header, then the entries: each the writing of a line and then its flush.
    expect(eventsIn(readFileSync(trace, 'utf8')).join(' ').split(' returned').filter(Boolean)).toEqual(
      Array.from({ length: 1 + ENTRIES }, () => expect.stringMatching(/^ ?(write )+flush$/)),
    );
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(1 + ENTRIES + 1);
  },
  40_000,
);

/** What happened to the journal and what was said, in order; `-y` names the file of each descriptor. */
function eventsIn(trace: string): string[] {
  return trace.split('\n').flatMap((line) => {
    const [, call = '', file = '', rest = ''] = /^\d+ +(\w+)\(\d+<([^>]*)>(.*)/.exec(line) ?? [];
    if (file.endsWith('.journal')) return [/sync$/.test(call) ? 'flush' : 'write'];
    return rest.includes('"returned\\n"') ? ['returned'] : [];
  });
}
