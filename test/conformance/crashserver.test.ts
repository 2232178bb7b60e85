import { afterAll, describe } from 'vitest';
import { scratchFolder } from '../support/contestants.js';
import { finds, noServer } from '../support/findings.js';

const scratch = scratchFolder();
afterAll(() => scratch.remove());
const absent = noServer !== undefined;

describe('the cases that kill a server, or cut the way there, find', () => {
  finds(
    [
      ['forgetful', 'a kill of the server', /^lost \d+ of \d+ accepted jobs/, absent],
      ['waitsforever', 'on a broken network', /^a black hole: [1-5] of 5 enqueues had not ended after 1\.0 s$/, absent],
      [
        'staysaway',
        'on a broken network',
        /^connections reset: lost \d+ of \d+ accepted jobs, and promises at least once$/,
        absent,
      ],
      [
        'repeatsafterwards',
        'on a broken network',
        /^a black hole: repeated \d+ of \d+ jobs, that no fault had touched$/,
        absent,
      ],
      [
        'waitsforserver',
        'workers go on by themselves',
        /^[1-5] of 5 enqueues had not ended 1\.0 s after the server/,
        absent,
      ],
      ['staysaway', 'workers go on by themselves', /^its workers did not go on after the server was back$/, absent],
    ],
    scratch.dir,
  );
});
