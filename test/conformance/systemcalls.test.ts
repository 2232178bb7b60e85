import { expect, it } from 'vitest';
import { fileCalls } from '../../src/conformance/systemcalls.js';

it('a trace is read: who wrote and flushed which file, from when to when, also when threads interrupt each other', () => {
  const trace = [
    '7 100.000100 pwrite64(19</a/x-wal>, "\\0\\"job 1\\"", 24, 32) = 24 <0.000015>',
    '7 100.001000 fsync(19</a/x-wal> <unfinished ...>',
    '8 100.001500 write(17<anon_inode:[eventfd]>, "\\1", 8) = 8 <0.000020>',
    '8 100.002000 fdatasync(3</a/other>) = -1 EIO (Input/output error) <0.000100>',
    '7 100.004000 <... fsync resumed>) = 0 <0.002900>',
    '8 100.005000 fdatasync(3</a/other>) = 0 <0.001500>',
    '9 100.006000 fsync(3</a/killed>) = ?',
    '7 100.007000 +++ exited with 0 +++',
  ];
  const rounded = fileCalls(trace.join('\n')).map(({ what, file, calledMs, returnedMs }) => [
    what,
    file,
    Math.round(calledMs * 1000) / 1000,
    Math.round(returnedMs * 1000) / 1000,
  ]);
  expect(rounded).toEqual([
    ['write', '/a/x-wal', 100_000.1, 100_000.115],
    ['write', 'anon_inode:[eventfd]', 100_001.5, 100_001.52],
    ['flush', '/a/x-wal', 100_001, 100_004],
    ['flush', '/a/other', 100_005, 100_006.5],
  ]);
});
