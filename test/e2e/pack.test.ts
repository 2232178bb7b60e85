import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/*
 * What `npm publish` would ship, unpacked beside nothing but the dependencies that it declares, as `npx` does it. No
 * network: the declared packages are links to those of this checkout, so one that is used but not declared is missed.
 */

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

const home = mkdtempSync(join(tmpdir(), 'jobbench-pack-'));
const work = join(home, 'work');
const modules = join(work, 'node_modules');
let files: string[] = [];
afterAll(() => rmSync(home, { recursive: true, force: true, maxRetries: 3 }));

beforeAll(() => {
  // Without scripts: prepack would build again, into the folder from which other tests run.
  const npm = { cwd: ROOT, encoding: 'utf8' as const, timeout: 60_000, stdio: 'pipe' as const };
  const said = execFileSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', home], npm);
  const [packed] = JSON.parse(said);
  files = packed.files.map(({ path }: { path: string }) => path).sort();
  const into = join(modules, manifest.name);
  mkdirSync(into, { recursive: true });
  execFileSync('tar', ['-xzf', join(home, packed.filename), '-C', into, '--strip-components=1']);
  for (const name of Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies })) {
    const installed = join(ROOT, 'node_modules', name);
    if (existsSync(installed)) symlinkSync(installed, join(modules, name), 'dir'); // optional ones may be absent
  }
  mkdirSync(join(modules, '.bin'));
  symlinkSync(join('..', manifest.name, manifest.bin.jobbench), join(modules, '.bin', 'jobbench'));
});

/** By the link that npm makes, so that the file must be executable and know where it really is. */
function jobbench(...args: string[]): string {
  // Nothing of this machine's environment but where programs are: a JOBBENCH_* variable would change what is tested.
  const env = { PATH: process.env.PATH ?? '', HOME: home, TMPDIR: home };
  const started = { cwd: work, env, encoding: 'utf8' as const, timeout: 60_000, stdio: 'pipe' as const };
  return execFileSync(join(modules, '.bin', 'jobbench'), args, started);
}

describe('the tarball', () => {
  it('holds all that package.json promises', () => {
    const promised: string[] = manifest.files;
    const absent = promised.filter((entry) => !files.some((file) => file === entry || file.startsWith(`${entry}/`)));
    expect(absent).toEqual([]);
    const entries = [manifest.bin.jobbench, manifest.exports['.'].types, manifest.exports['.'].default];
    expect(files).toEqual(expect.arrayContaining(entries.map((entry: string) => entry.replace('./', ''))));
  });

  it('holds nothing else: no sources, no tests, no results of runs', () => {
    const tops = new Set(files.map((file) => file.split('/')[0]));
    const promised = manifest.files.map((entry: string) => entry.split('/')[0]);
    expect([...tops].sort()).toEqual([...new Set([...promised, 'package.json'])].sort());
    expect(files.filter((file) => dirname(file) === 'results')).toEqual([
      'results/README.md',
      'results/schema.v1.json',
    ]);
    expect(files.filter((file) => /(^|\/)(test|src|\.jobbench|node_modules)\//.test(file))).toEqual([]);
    expect(files.filter((file) => /\.test\.|(?<!\.d)\.ts$/.test(file))).toEqual([]);
  });
});

describe('unpacked in an empty folder', () => {
  it('says what it can do', () => expect(jobbench('--help')).toContain('jobbench run'));

  it('finds its own adapters and scenarios', () => {
    const list = JSON.parse(jobbench('list', '--json'));
    const names = (folder: string) => readdirSync(join(ROOT, 'src', folder)).filter((file) => file.endsWith('.ts'));
    const listed = (part: { name: string }[]) => part.map(({ name }) => `${name}.ts`).sort();
    expect(listed(list.adapters)).toEqual(names('adapters').sort());
    expect(listed(list.scenarios)).toEqual(names('scenarios').sort());
  });

  it('measures, and writes the file where it was asked to', () => {
    const run = ['run', '--adapter', 'memory', '--scenario', 'throughput', '--trials', '1'];
    const out = join(home, 'out');
    jobbench(...run, '-P', 'duration=200ms', '--warmup', '200ms', '--out', `${out}/`);
    const [name = ''] = readdirSync(out);
    const result = JSON.parse(readFileSync(join(out, name), 'utf8'));
    expect(result.run).toMatchObject({ status: 'complete', jobbench: manifest.version });
    expect(result.cells).toMatchObject([{ adapter: { name: 'memory' }, status: 'ok' }]);
    expect(readdirSync(work)).toEqual(['node_modules']);
  });
});
