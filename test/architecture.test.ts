import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  cycles,
  type Import,
  namesOfModules,
  parseSource,
  readPrograms,
  readSources,
  type Source,
} from './support/sources.js';

/** Who may import whom: the arrows of ARCHITECTURE.md. A folder may always import itself, where nothing else is said. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  core: [],
  stats: [],
  work: ['core'],
  servers: ['core'],
  fleet: ['core'],
  adapters: ['core', 'work', 'servers', 'fleet'],
  scenarios: ['core', 'stats'],
  engine: ['core', 'work', 'stats'],
  conformance: ['core', 'work', 'stats', 'engine', 'servers'],
  compare: ['core', 'stats'],
  report: ['core', 'stats'],
  store: ['core'],
  cli: ['core', 'stats', 'work', 'servers', 'fleet', 'engine', 'conformance', 'compare', 'report', 'store'],
};

/** Entry points of processes and threads that end themselves, the poison job, and the process that cli hands to its commands. */
const MAY_EXIT = [
  'cli/io.ts',
  'engine/child.ts',
  'engine/sweeper.ts',
  'work/processhost.ts',
  'work/threadhost.ts',
  'work/poolthread.ts',
  'work/body.ts',
];

/** What runs while the clock runs, in processes of its own: nobody else loads it, to read a table or to share a function. */
const ROLES = 'engine/roles/';

const sources = readSources();

function folderOf(path: string): string {
  return path.split('/')[0] ?? '';
}

/** Why an import is not allowed, or undefined. */
function objection(from: string, { target, own }: Import): string | undefined {
  const [folder, to] = [folderOf(from), folderOf(target)];
  if (folder === 'scenarios' && target.startsWith('node:')) return 'a scenario is pure: it imports no node module';
  if (!own || target === '../package.json') return undefined;
  if (ARROWS[folder] === undefined) return `folder ${folder} has no arrows in this test`;
  if (target.startsWith(ROLES) && !from.startsWith(ROLES) && from !== 'engine/child.ts')
    return 'what the processes of a trial run is entered by engine/child.ts alone';
  if (folder !== to) return ARROWS[folder].includes(to) ? undefined : `${folder} must not import ${to}`;
  return shared(from, target) ? undefined : `one file, one ${folder === 'adapters' ? 'backend' : 'question'}`;
}

/** An adapter has its own subfolder, scenarios share `common`; beyond that, files of these folders know no other. */
function shared(from: string, target: string): boolean {
  const inner = target.split('/').slice(1, -1).join('/');
  if (folderOf(from) === 'scenarios') return inner === 'common';
  if (folderOf(from) !== 'adapters') return true;
  return inner !== '' && inner === (from.split('/').length > 2 ? from.split('/')[1] : from.slice(9, -'.ts'.length));
}

function objections(all: readonly Source[]): string[] {
  return all.flatMap((source) =>
    source.imports.flatMap((found) => {
      const why = objection(source.path, found);
      return why === undefined ? [] : [`${source.path} -> ${found.target}: ${why}`];
    }),
  );
}

function filesWith(pattern: RegExp): string[] {
  return sources.filter(({ code }) => pattern.test(code)).map(({ path }) => path);
}

describe('the arrows', () => {
  it('are kept by every file', () => expect(objections(sources)).toEqual([]));

  it('point at files that exist', () => {
    const known = new Set(sources.map(({ path }) => path));
    const own = sources.flatMap(({ imports }) => imports.filter((found) => found.own).map((found) => found.target));
    expect(own.filter((target) => !known.has(target) && target !== '../package.json')).toEqual([]);
    expect(own.length).toBeGreaterThan(100);
  });

  it.each([
    ['core/a.ts', "import { x } from '../stats/x.js';"],
    ['stats/a.ts', "import type { x } from '../core/x.js';"],
    ['adapters/a.ts', "import { x } from '../engine/x.js';"],
    ['adapters/a.ts', "import { x } from './b.js';"],
    ['adapters/a.ts', "import { x } from './b/x.js';"],
    ['adapters/a/y.ts', "import { x } from '../b/x.js';"],
    ['scenarios/a.ts', "import { x } from './b.js';"],
    ['scenarios/a.ts', "import { readFileSync } from 'node:fs';"],
    ['scenarios/common/a.ts', "import {\n  x,\n} from '../../engine/x.js';"],
    ['engine/a.ts', "const { default: x } = await import('../adapters/sqlite.js');"],
    ['engine/a.ts', "export { x } from '../scenarios/latency.js';"],
    ['engine/a.ts', "import { x } from './roles/x.js';"],
    ['conformance/a.ts', "import { x } from '../engine/roles/x.js';"],
    ['report/a.ts', "import '../engine/x.js';"],
    ['store/a.ts', "import { x } from '../report/x.js';"],
    ['engine/a.ts', "fork(new URL('../cli/main.js', import.meta.url));"],
    ['surprise/a.ts', "import { x } from '../core/x.js';"],
  ])('would be missed in %s by: %s', (path, text) => expect(objections([parseSource(path, text)])).toHaveLength(1));

  it.each([
    ['adapters/a.ts', "import { x } from './a/x.js';"],
    ['adapters/a/y.ts', "import { x } from './x.js';"],
    ['scenarios/a.ts', "import { x } from './common/x.js';"],
    ['engine/child.ts', "import { x } from './roles/x.js';"],
    ['engine/roles/a.ts', "import { x } from './x.js';\nimport { y } from '../y.js';"],
    ['engine/a.ts', "// import { x } from '../cli/x.js';\n/* import '../report/x.js' */"],
  ])('allow in %s: %s', (path, text) => expect(objections([parseSource(path, text)])).toEqual([]));
});

describe('compiled modules that scripts name', () => {
  const known = new Set(sources.map(({ path }) => path.replace(/\.ts$/, '.js')));
  const missing = (text: string) => namesOfModules(text).filter((name) => !known.has(name));

  it('are there: they are strings, of which no compiler knows', () => {
    const programs = readPrograms(['scripts/', 'bench/']);
    expect(programs.flatMap(({ path, text }) => missing(text).map((name) => `${path}: ${name}`))).toEqual([]);
    expect(programs.flatMap(({ text }) => namesOfModules(text)).length).toBeGreaterThan(40);
  });

  it.each([
    ["const { a } = await load('engine/gone.js');"],
    ["[load('gone/trial.js')]"],
    ["distUrl('engine/gone.js')"],
    ["workshop.plain('gone/handler.js')"],
    ["import { a } from '../../dist/gone/trial.js';"],
  ])('would be missed if they were not: %s', (text) => expect(missing(text)).toHaveLength(1));
});

describe('what must be absent', () => {
  // `import type` leaves nothing behind when it is compiled, so it cannot make modules wait for each other.
  it('import cycles', () => expect(cycles(sources, (found) => !found.erased)).toEqual([]));

  it('import cycles of types, but for a machine that knows its job and a job that knows its machine', () => {
    const rings = cycles(sources, () => true).map((ring) => [...new Set(ring)].sort());
    expect(rings).toEqual([['fleet/machine.ts', 'fleet/task.ts']]);
  });

  it('a cycle would be found', () => {
    const ring = ['a', 'b', 'c'].map((name, i) =>
      parseSource(`core/${name}.ts`, `import { x } from './${['b', 'c', 'a'][i]}.js';`),
    );
    expect(cycles(ring, () => true)).toEqual([['core/a.ts', 'core/b.ts', 'core/c.ts', 'core/a.ts']]);
  });

  it('printing outside cli', () => {
    const printing = filesWith(/\bconsole\s*\.|\bprocess\.(stdout|stderr)\b/);
    expect(printing.filter((path) => folderOf(path) !== 'cli')).toEqual([]);
  });

  it('the exit code outside bin', () => {
    expect(filesWith(/\bprocess\.exitCode\b/)).toEqual([]);
    expect(filesWith(/\bprocess\.exit\(/).filter((path) => !MAY_EXIT.includes(path))).toEqual([]);
    const bin = new URL('../bin/jobbench.js', import.meta.url);
    expect(existsSync(bin) && readFileSync(bin, 'utf8')).toContain('process.exitCode');
  });
});
