import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { adapterNames, loadAdapter, loadScenario, scenarioNames } from '../../src/engine/registry.js';

const TRAITS = `{ topology: 'embedded', executes: 'loop', delivery: 'at-most-once', durability: 'memory',
  schedules: false, priorities: false, retries: false, unique: false, bulk: false }`;
const COMPLETE = `export default { summary: 'mine', traits: ${TRAITS}, create: async () => ({}), connect: async () => ({}) };`;

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'jobbench-registry-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function file(path: string, text: string): void {
  mkdirSync(join(dir, path, '..'), { recursive: true });
  writeFileSync(join(dir, path), text);
}

function stems(folder: string): string[] {
  const path = fileURLToPath(new URL(`../../src/${folder}`, import.meta.url));
  return readdirSync(path)
    .filter((name) => name.endsWith('.ts'))
    .map((name) => name.slice(0, -'.ts'.length));
}

describe('the folder is the registry', () => {
  it('names every adapter file', () => expect(adapterNames()).toEqual(stems('adapters').sort()));
  it('names every scenario file', () => expect(scenarioNames()).toEqual(stems('scenarios').sort()));
  it('loads each of them', async () => {
    for (const name of adapterNames()) expect((await loadAdapter(name, dir))?.adapter.summary).toBeTypeOf('string');
    for (const name of scenarioNames()) expect((await loadScenario(name)).question).toBeTypeOf('string');
  });
});

describe('an adapter from outside', () => {
  it('is found by a path relative to the working directory', async () => {
    file('mine.mjs', COMPLETE);
    const loaded = await loadAdapter('./mine.mjs', dir);
    expect(loaded?.ref.name).toBe('mine');
    expect(loaded?.ref.module).toMatch(/^file:.*mine\.mjs$/);
    expect(loaded?.adapter.options?.safeParse({}).success).toBe(true);
  });

  it('may be an instance of a class, with members that nobody else sees', async () => {
    const members = `#made = 0; get summary() { return 'mine' } get traits() { return ${TRAITS} }
      async create() { return { made: ++this.#made } } async connect() { return {} } async destroy() { this.#made--; }
      async unavailable() { return this.#made > 0 ? { reason: 'full', remedy: 'wait' } : undefined }`;
    file('mine.mjs', `export default new (class { ${members} })();`);
    const adapter = (await loadAdapter('./mine.mjs', dir))?.adapter;
    expect(adapter?.summary).toBe('mine');
    expect(await adapter?.create({}, { dir, name: 'x', allowRemote: false })).toEqual({ made: 1 });
    expect(await adapter?.unavailable?.({})).toMatchObject({ reason: 'full' });
    await adapter?.destroy?.({});
    expect(await adapter?.unavailable?.({})).toBeUndefined();
  });

  it('is found as a package that only ES modules may import', async () => {
    file('node_modules/@acme/queue/package.json', '{"type":"module","exports":{"import":"./adapter.js"}}');
    file('node_modules/@acme/queue/adapter.js', COMPLETE);
    const loaded = await loadAdapter('@acme/queue', dir);
    expect(loaded?.ref.name).toBe('queue');
    expect(loaded?.ref.module).toContain('adapter.js');
  });

  it('does not take the place of one that comes with jobbench', async () => {
    file('node_modules/memory/package.json', '{"type":"module","exports":"./index.js"}');
    file('node_modules/memory/index.js', COMPLETE);
    expect((await loadAdapter('memory', dir))?.ref.module).toContain('/src/adapters/');
  });

  it('is undefined when nothing has that name', async () => {
    expect(await loadAdapter('no-such-adapter', dir)).toBeUndefined();
    expect(await loadAdapter('node:fs', dir)).toBeUndefined();
  });
});

describe('what is wrong with an adapter from outside is said', () => {
  it.each([
    ['a missing file', undefined, /there is no file .*mine\.mjs/],
    ['no default export', 'export const summary = 1;', /has no default export/],
    ['missing members', COMPLETE.replace('connect', 'konnect'), /connect \(a function/],
    [
      'a wrong trait',
      COMPLETE.replace("'at-most-once'", "'sometimes'"),
      /traits\.delivery \(at-most-once or at-least-once\)/,
    ],
    ['a missing trait', COMPLETE.replace('bulk: false', ''), /traits\.bulk \(true or false\)/],
    ['options that are not zod', COMPLETE.replace('summary', 'options: { a: 1 }, summary'), /options \(a zod object\)/],
    ['an import that fails', "import 'no-such-package-at-all';", /cannot be imported: .*no-such-package-at-all/],
  ])('%s', async (_, text, message) => {
    if (text !== undefined) file('mine.mjs', text);
    await expect(loadAdapter('./mine.mjs', dir)).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(message),
    });
  });
});

describe('the code of an adapter from outside', () => {
  const source = async () => (await loadAdapter('./mine.mjs', dir))?.ref.source;

  it('is told apart by its file and those beside it that it imports, not by others', async () => {
    file('mine.mjs', `import './near/one.mjs';\n${COMPLETE}`);
    file('near/one.mjs', "export * from '../two.mjs';");
    file('two.mjs', 'export const two = 2;');
    file('else.mjs', '');
    const before = await source();
    expect(before).toMatch(/^sha256:[0-9a-f]{16}$/);
    file('else.mjs', '// changed');
    expect(await source()).toBe(before);
    file('two.mjs', 'export const two = 3;');
    const after = await source();
    expect(after).not.toBe(before);
    file('mine.mjs', `import './near/one.mjs';\n${COMPLETE} // changed`);
    expect([before, after]).not.toContain(await source());
  });
  it('an adapter that comes with jobbench has its version instead', async () => {
    expect((await loadAdapter('memory', dir))?.ref.source).toBeUndefined();
  });
});
