import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A source file as the architecture test sees it. Paths are relative to src/, with forward slashes. */
export interface Source {
  readonly path: string;
  /** Without comments and without the contents of strings. */
  readonly code: string;
  readonly imports: readonly Import[];
}

export interface Import {
  /** A path inside src/ for our own files, else the specifier as written. */
  readonly target: string;
  readonly own: boolean;
  /** Gone after compiling: it cannot make a cycle at run time. */
  readonly erased: boolean;
}

const SRC = fileURLToPath(new URL('../../src/', import.meta.url));

export function readSources(): Source[] {
  return readdirSync(SRC, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(SRC, join(entry.parentPath, entry.name)))
    .map((path) => parseSource(path, readFileSync(join(SRC, path), 'utf8')));
}

/** Finds `import ... from`, `export ... from`, bare imports, `import('...')` and `new URL('./x.js', import.meta.url)`. */
export function parseSource(path: string, text: string): Source {
  const code = text.replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, '');
  const found: Import[] = [];
  const add = (specifier: string, erased: boolean) => {
    const own = specifier.startsWith('.');
    const target = own ? normalize(join(dirname(path), specifier)).replace(/\.js$/, '.ts') : specifier;
    found.push({ target, own, erased });
  };
  for (const [, keyword = '', specifier = ''] of code.matchAll(
    /^\s*((?:import|export)(?:\s+type)?)\s[^;'"]*?from\s*['"]([^'"]+)['"]/gm,
  ))
    add(specifier, keyword.endsWith('type'));
  for (const [, specifier = ''] of code.matchAll(/^\s*import\s*['"]([^'"]+)['"]/gm)) add(specifier, false);
  for (const [, specifier = ''] of code.matchAll(/\b(?:import|require)\(\s*['"]([^'"]+)['"]/g)) add(specifier, false);
  for (const [, specifier = ''] of code.matchAll(/new URL\(\s*['"](\.[^'"]+\.js)['"]/g)) add(specifier, true);
  return { path, code: withoutStrings(code), imports: found };
}

/** Programs in plain JavaScript below these folders of the repository, without packages that are installed there. */
export function readPrograms(folders: readonly string[]): { readonly path: string; readonly text: string }[] {
  return folders.flatMap((folder) =>
    readdirSync(join(SRC, '..', folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.js') && !entry.parentPath.includes('node_modules'))
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => ({ path: relative(join(SRC, '..'), file), text: readFileSync(file, 'utf8') })),
  );
}

/** Compiled modules that a program names by their paths inside dist/: `load('engine/trial.js')`, `from '../dist/engine/trial.js'`. */
export function namesOfModules(text: string): string[] {
  const calls = text.matchAll(/(?<!\/\*\*.*)\b(?:load|distUrl|plain)\(\s*'([\w/-]+\.js)'/g);
  const imports = text.matchAll(/\bfrom '(?:\.\.\/)+dist\/([\w/-]+\.js)'/g);
  return [...calls, ...imports].map(([, name = '']) => name);
}

/** Other programs' source inside strings is not ours; what a template literal inserts is. */
function withoutStrings(code: string): string {
  return code.replace(/'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g, "''");
}

/** The files of each cycle, found by depth-first search; none when there is no cycle. */
export function cycles(sources: readonly Source[], follow: (found: Import) => boolean): string[][] {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const state = new Map<string, 'open' | 'done'>();
  const found: string[][] = [];
  function visit(path: string, trail: readonly string[]): void {
    if (state.get(path) === 'done') return;
    if (state.get(path) === 'open') return void found.push([...trail.slice(trail.indexOf(path)), path]);
    state.set(path, 'open');
    for (const next of byPath.get(path)?.imports ?? []) {
      if (next.own && follow(next)) visit(next.target, [...trail, path]);
    }
    state.set(path, 'done');
  }
  for (const { path } of sources) visit(path, []);
  return found;
}
