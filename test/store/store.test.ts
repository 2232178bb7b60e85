import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ResultFile } from '../../src/core/result.js';
import { claimOutput } from '../../src/store/claim.js';
import { keepOldJournal, openJournal, readJournal } from '../../src/store/journal.js';
import { journalPath, resultPath } from '../../src/store/path.js';
import { readResult } from '../../src/store/read.js';
import { checkResultPlace } from '../../src/store/resultplace.js';
import { checkOutput, writeResult } from '../../src/store/write.js';
import { resultFixture } from '../fixtures/result.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'jobbench-store-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** A file whose text is the fixture after a change. */
function changed(change: (text: string) => string): string {
  const path = join(dir, 'changed.json');
  writeFileSync(path, change(JSON.stringify(resultFixture())));
  return path;
}

describe('where a result goes', () => {
  const at = new Date('2026-11-21T10:15:00.123Z');
  it.each([
    [undefined, 'results/2026-11-21T101500Z-k3f9.json'],
    ['', 'results/2026-11-21T101500Z-k3f9.json'],
    ['/tmp/out', '/tmp/out/2026-11-21T101500Z-k3f9.json'],
    ['a/b.json', 'a/b.json'],
  ])('--out %s', (out, expected) => expect(resultPath(out, at, 'k3f9')).toBe(expected));
  it('never takes an id as a path', () => expect(() => resultPath(undefined, at, '../x')).toThrow(RangeError));
  it('has its journal beside it', () => expect(journalPath('a/b.json')).toBe('a/b.journal'));
});

describe('writing', () => {
  it('comes back as it was, and leaves nothing else in the folder', async () => {
    const path = join(dir, 'new', 'folder', 'r.json');
    await checkOutput(path);
    expect(readdirSync(join(dir, 'new', 'folder'))).toEqual([]);
    await writeResult(path, resultFixture());
    expect(await readResult(path)).toEqual(resultFixture());
    expect(readdirSync(join(dir, 'new', 'folder'))).toEqual(['r.json']);
  });
  it('replaces an existing file whole', async () => {
    const path = join(dir, 'r.json');
    writeFileSync(path, 'x'.repeat(1_000_000));
    await checkOutput(path);
    expect(readFileSync(path, 'utf8')).toMatch(/^x+$/);
    await writeResult(path, resultFixture());
    expect((await readResult(path)).run.id).toBe('k3f9x2');
  });
  it('may replace a result, also of another version, or an empty file, and nothing else', async () => {
    const path = join(dir, 'there.json');
    await checkResultPlace(path);
    for (const text of ['', JSON.stringify({ cells: [], version: 9, format: 'jobbench-result' })]) {
      writeFileSync(path, text);
      await checkResultPlace(path);
    }
    for (const text of ['{ "name": "mine" }', 'null', '# notes']) {
      writeFileSync(path, text);
      await expect(checkResultPlace(path)).rejects.toMatchObject({
        code: 'USAGE',
        message: expect.stringMatching(/there\.json is there already, and is no result .* --out/),
      });
      expect(readFileSync(path, 'utf8')).toBe(text);
    }
    rmSync(path);
  });
  it('refuses what breaks its own schema, and leaves the old file', async () => {
    const path = join(dir, 'r.json');
    await writeResult(path, resultFixture());
    const broken = resultFixture();
    const summary = Object.values(broken.cells[0]?.summary ?? {})[0];
    Object.assign(summary ?? {}, { median: Number.NaN });
    await expect(writeResult(path, broken)).rejects.toThrow('cells.0.summary.enqueue_rate.median');
    expect(await readResult(path)).toEqual(resultFixture());
    expect(readdirSync(dir)).toEqual(['r.json']);
  });
  it.each([
    ['below a regular file', () => join(dir, 'file', 'sub', 'r.json')],
    ['in /proc', () => '/proc/jobbench/r.json'],
    ['onto a folder', () => join(dir, 'folder.json')],
    ['onto a device', () => '/dev/null'],
  ])('says before measuring that it cannot write %s', async (_name, path) => {
    writeFileSync(join(dir, 'file'), '');
    mkdirSync(join(dir, 'folder.json'));
    const expected = { code: 'USAGE', message: expect.stringContaining(path()) };
    await expect(checkOutput(path())).rejects.toMatchObject(expected);
    expect(readdirSync(dir).sort()).toEqual(['file', 'folder.json']);
  });
  it('tells of a failure while writing, and removes its temporary file', async () => {
    mkdirSync(join(dir, 'r.json'));
    await expect(writeResult(join(dir, 'r.json'), resultFixture())).rejects.toMatchObject({ code: 'USAGE' });
    writeFileSync(join(dir, 'file'), '');
    await expect(writeResult(join(dir, 'file', 'r.json'), resultFixture())).rejects.toMatchObject({ code: 'USAGE' });
    expect(readdirSync(dir)).toEqual(['file', 'r.json']);
  });
});

describe('reading what others wrote', () => {
  it('keeps fields that it does not know', async () => {
    const path = changed((text) => text.replace('"version":1', '"version":1,"later":{"more":[1]}'));
    expect(await readResult(path)).toMatchObject({ later: { more: [1] } });
  });
  it.each<[string, (text: string) => string, string]>([
    ['no JSON', () => 'hello', 'cannot be read as a result'],
    ['nothing', () => '', 'cannot be read as a result'],
    ['half a file', (text) => text.slice(0, text.length / 2), 'cannot be read as a result'],
    ['other JSON', () => '[1]', 'is not a jobbench result'],
    ['null', () => 'null', 'is not a jobbench result'],
    ['a later version', (text) => text.replace('"version":1', '"version":2'), 'use the jobbench that wrote it'],
    ['a version that is text', (text) => text.replace('"version":1', '"version":"\\u001b"'), 'no known version'],
    ['__proto__', (text) => text.replace('"params":{', '"params":{"__proto__":{"x":1}'), '"__proto__"'],
    ['constructor', (text) => text.replace('"params":{', '"params":{"constructor":1'), '"constructor"'],
    ['an infinite number', (text) => text.replace('"seed":42', '"seed":1e999'), 'not finite'],
    [
      'a number that nothing measures',
      (text) => text.replace('"memoryBytes":', '"memoryBytes":1e308,"was":'),
      'host.memoryBytes: a number of at most 1e18 in size is expected',
    ],
    ['one below 0', (text) => text.replace(/"median":[\d.]+/, '"median":-1e308'), '.median: a number of at most'],
    ['a missing field', (text) => text.replace('"seed":42,', ''), 'run.seed'],
    ['a wrong type', (text) => text.replace('"cores":2', '"cores":"2"'), 'host.cores'],
    ['an unknown status', (text) => text.replace('"status":"ok"', '"status":"fine"'), 'cells.0.status'],
    ['deep nesting', () => `${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'levels deep'],
    ['deep nesting that never ends', () => '{"a":'.repeat(100), 'levels deep'],
  ])('refuses %s in one sentence', async (_name, change, why) => {
    const path = changed(change);
    const error = await readResult(path).then(
      () => undefined,
      (thrown: unknown) => thrown as Error & { code: string },
    );
    expect(error?.code).toBe('USAGE');
    expect(error?.message).toContain(why);
    expect(error?.message).toContain(path);
    expect(error?.message).not.toMatch(/\p{Cc}/u);
  });
  it('does not take brackets inside texts for nesting', async () => {
    const path = changed((text) => text.replace('"id":"k3f9x2"', `"id":"\\"${'['.repeat(99)}"`));
    expect((await readResult(path)).run.id).toHaveLength(100);
  });
  it('refuses files that are too large, missing, folders, pipes or binary', async () => {
    const usage = (message: string) => ({ code: 'USAGE', message: expect.stringContaining(message) });
    const path = changed((text) => text);
    await expect(readResult(path, 1000)).rejects.toMatchObject(usage('more than the 1 MB allowed'));
    await expect(readResult(join(dir, 'none.json'))).rejects.toMatchObject(usage('ENOENT'));
    await expect(readResult(dir)).rejects.toMatchObject(usage('is not a file'));
    execFileSync('mkfifo', [join(dir, 'pipe.json')]);
    await expect(readResult(join(dir, 'pipe.json'))).rejects.toMatchObject(usage('is not a file'));
    writeFileSync(join(dir, 'binary.json'), Buffer.of(0xff, 0xfe, 0x00));
    await expect(readResult(join(dir, 'binary.json'))).rejects.toMatchObject(usage('is not a text file'));
  });
});

describe('journal', () => {
  const trial = (): ResultFile['cells'][number]['trials'][number] => {
    const found = resultFixture().cells[0]?.trials[0];
    if (found === undefined) throw new Error('the fixture has no trial');
    return found;
  };
  it('gives back each trial, in order', async () => {
    const journal = openJournal(join(dir, 'r.journal'), { id: 'k3f9', seed: 42 });
    journal.append({ cell: 'a', trial: trial() });
    journal.append({ cell: 'b', trial: trial() });
    journal.close();
    journal.close();
    const content = await readJournal(journal.path);
    expect(content).toMatchObject({ run: { id: 'k3f9', seed: 42 }, cut: false });
    expect(content.entries.map((entry) => entry.cell)).toEqual(['a', 'b']);
    expect(content.entries[0]?.trial).toEqual(trial());
  });
  it('is no result, and that is said where one was asked for', async () => {
    const journal = openJournal(join(dir, 'r.journal'), {});
    journal.append({ cell: 'a', trial: trial() });
    journal.close();
    await expect(readResult(journal.path)).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('is the journal of a run that was killed, with 1 of'),
    });
  });
  it('keeps what was whole when the last line was cut off', async () => {
    const journal = openJournal(join(dir, 'r.journal'), {});
    journal.append({ cell: 'a', trial: trial() });
    // No close: as after a crash.
    appendFileSync(journal.path, '{"cell":"b","tri');
    expect(await readJournal(journal.path)).toMatchObject({ cut: true, entries: [{ cell: 'a' }] });
    journal.discard();
    expect(readdirSync(dir)).toEqual([]);
  });
  it.each([
    ['an empty file', ''],
    ['a result', '{"format":"jobbench-result"}\n'],
    ['a damaged line', '{"format":"jobbench-journal","version":1,"run":{}}\n{"cell":1}\n'],
  ])('refuses %s', async (_name, text) => {
    writeFileSync(join(dir, 'x.journal'), text);
    await expect(readJournal(join(dir, 'x.journal'))).rejects.toMatchObject({ code: 'USAGE' });
  });
  it('says where it cannot be written', () => {
    expect(() => openJournal('/proc/none/r.journal', {})).toThrow('/proc/none/r.journal');
  });
});

describe('the place of a result', () => {
  const taken = { code: 'USAGE', message: expect.stringContaining('another jobbench run is writing') };
  it.runIf(process.platform === 'linux')('is of one run at a time, by whichever way it is named', async () => {
    const path = join(dir, 'r.json');
    symlinkSync(dir, join(dir, 'way'));
    {
      using _ = await claimOutput(path);
      await expect(claimOutput(path)).rejects.toMatchObject(taken);
      await expect(claimOutput(join(dir, 'way', 'r.json'))).rejects.toMatchObject(taken);
      using _other = await claimOutput(join(dir, 'other.json'));
    }
    using _ = await claimOutput(path);
    expect(readdirSync(dir)).toEqual(['way']);
  });
});

describe('the journal of a run that was killed', () => {
  const trial = () => resultFixture().cells[0]?.trials[0] ?? expect.fail('the fixture has a trial');
  it.each([
    ['k3f9', 'r-k3f9.journal'],
    ['../../x', expect.stringMatching(/^r-[0-9a-f]{6}\.journal$/)],
  ])('of id %s is kept under another name', async (id, name) => {
    const path = join(dir, 'r.journal');
    const journal = openJournal(path, { id });
    journal.append({ cell: 'latency sqlite', trial: trial() });
    journal.close();
    const kept = await keepOldJournal(path);
    expect(readdirSync(dir)).toEqual([name]);
    expect((await readJournal(kept ?? '')).entries).toHaveLength(1);
  });
  it('is left to be replaced where it has no trial, or is none', async () => {
    const path = join(dir, 'r.journal');
    expect(await keepOldJournal(path)).toBeUndefined();
    openJournal(path, { id: 'k3f9' }).close();
    expect(await keepOldJournal(path)).toBeUndefined();
    writeFileSync(path, 'something else');
    expect(await keepOldJournal(path)).toBeUndefined();
    expect(readdirSync(dir)).toEqual(['r.journal']);
  });
});
