import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { calibrate, describeHost } from '../../src/engine/machine.js';
import { parseCpuLine, shares, startNoise } from '../../src/engine/noise.js';
import { byFile, bySocket } from '../../src/engine/others.js';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'jobbench-machine-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

it('a folder that nothing can be written into is said, with what to do', async () => {
  const gone = join(dir, 'gone');
  await expect(calibrate(gone)).rejects.toMatchObject({
    code: 'ENVIRONMENT',
    message: expect.stringMatching(/^nothing can be written into .*gone \(ENOENT\): make room, or set TMPDIR/),
  });
});

describe('describeHost', () => {
  it('knows every field that a result needs', async () => {
    const host = await describeHost();
    expect(host.node).toBe(process.version);
    expect(host.cores).toBeGreaterThan(0);
    expect(host.memoryBytes).toBeGreaterThan(0);
    for (const key of ['os', 'kernel', 'arch', 'cpu', 'v8'] as const) expect(host[key]).not.toBe('');
  });
});

describe('calibrate', () => {
  it('finds positive finite numbers and leaves no file', async () => {
    const found = await calibrate(dir);
    for (const value of Object.values(found)) {
      expect(Number.isFinite(value)).toBe(true);
      expect(value).toBeGreaterThan(0);
    }
    expect(readdirSync(dir)).toEqual([]);
  });
});

describe('noise', () => {
  const before = parseCpuLine('cpu  100 0 100 800 0 0 0 0 0 0');

  it.each([
    ['an idle machine', 'cpu  100 0 100 1800 0 0 0 0 0 0', 0, { stealPercent: 0, otherCpuPercent: 0 }],
    ['our own work', 'cpu  600 0 100 1300 0 0 0 0 0 0', 5000, { stealPercent: 0, otherCpuPercent: 0 }],
    ['work of others', 'cpu  600 0 100 1300 0 0 0 0 0 0', 2000, { stealPercent: 0, otherCpuPercent: 30 }],
    ['waiting for the disk', 'cpu  100 0 100 1300 500 0 0 0 0 0', 0, { stealPercent: 0, otherCpuPercent: 0 }],
    ['stolen time', 'cpu  100 0 100 1550 0 0 0 250 0 0', 0, { stealPercent: 25, otherCpuPercent: 0 }],
    [
      'guests, which user time includes',
      'cpu  600 0 100 1300 0 0 0 0 500 0',
      0,
      { stealPercent: 0, otherCpuPercent: 50 },
    ],
    ['no time at all', 'cpu  100 0 100 800 0 0 0 0 0 0', 0, { stealPercent: 0, otherCpuPercent: 0 }],
  ])('%s', (_, line, ownMs, expected) => expect(shares(before, parseCpuLine(line), ownMs)).toEqual(expected));

  it('reads this machine', () => {
    const noise = startNoise()(0);
    for (const value of Object.values(noise)) expect(value).toBeGreaterThanOrEqual(0);
  });
});

describe('other runs on this machine', () => {
  const parent = process.ppid; // a process that is surely alive, and not this one

  it('are seen by their files, and those of dead processes are removed', () => {
    const dead = join(dir, 'jobbench-run-4194304'); // above the largest process id of Linux
    writeFileSync(dead, '');
    const mine = byFile(dir, process.pid);
    expect(mine.others()).toEqual([]);
    expect(existsSync(dead)).toBe(false);
    const other = byFile(dir, parent);
    expect(mine.others()).toEqual([parent]);
    other.release();
    expect(mine.others()).toEqual([]);
    mine.release();
    expect(readdirSync(dir)).toEqual([]);
  });

  it.runIf(process.platform === 'linux')('are seen by their sockets', () => {
    const mine = bySocket(4194305);
    const other = bySocket(4194306);
    expect(mine.others()).toContain(4194306);
    expect(mine.others()).not.toContain(4194305);
    other.release();
    expect(mine.others()).not.toContain(4194306);
    mine.release();
  });
});
