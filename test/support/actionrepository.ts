import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll } from 'vitest';
import { quickBut } from '../e2e/adapters.js';
import { type Acted, act, type Texts } from './githubaction.js';
import { parseYaml, type Yaml } from './yaml.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** The built program. Another build is tested by setting JOBBENCH_BIN. */
export const BIN = resolve(process.env.JOBBENCH_BIN ?? join(ROOT, 'bin/jobbench.js'));
export const action = parseYaml(readFileSync(join(ROOT, 'action.yml'), 'utf8'));
export const script = readFileSync(join(ROOT, 'scripts/ci-compare.sh'), 'utf8');
export const guide = readFileSync(join(ROOT, 'docs/ci.md'), 'utf8');
/** Those that docs/ci.md shows. */
export const workflows: readonly Yaml[] = [...guide.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, text = '']) =>
  parseYaml(text),
);

/** What a team would write: its adapter, in a file of its repository. */
export const ADAPTER = 'bench/adapter.js';

/** A repository of a few commits, on which the steps of action.yml are run as GitHub would run them. */
export interface ActionRepository {
  /** For what is no part of the repository. */
  readonly home: string;
  readonly path: string;
  /** @param path of another checkout than this repository's */
  act(inputs: Texts, env?: Texts, path?: string): Promise<Acted>;
  git(...args: string[]): string;
}

/** Made before the tests of a file, and removed after them: a cost of 0.1 ms a job, a change of no code, 0.2 ms a job. */
export function actionRepository(): ActionRepository {
  const home = mkdtempSync(join(tmpdir(), 'jbaction-'));
  const path = join(home, 'repository');
  const git = (...args: string[]) => gitIn(path, home, args);
  function commit(file: string, text: string): void {
    writeFileSync(join(path, file), text);
    git('add', '--', file);
    git('commit', '--quiet', '--message', `change ${file}`);
  }
  beforeAll(() => {
    mkdirSync(join(path, 'bench'), { recursive: true });
    git('init', '--quiet', '--initial-branch=main');
    // What exports write is no change of the repository.
    writeFileSync(join(path, '.git/info/exclude'), 'out/\n');
    commit('package.json', '{ "type": "module" }\n');
    commit(ADAPTER, withCost(0.1));
    commit('README.md', 'nothing that is measured\n');
    commit(ADAPTER, withCost(0.2));
  });
  afterAll(() => rmSync(home, { recursive: true, force: true, maxRetries: 5 }));
  return {
    home,
    path,
    git,
    act: (inputs, env, checkout = path) => act(action, inputs, { action: ROOT, repository: checkout, home }, env),
  };
}

/** An adapter whose every job keeps the processor busy that long before it starts. */
function withCost(ms: number): string {
  const busy = `const until = performance.now() + ${ms};\n  while (performance.now() < until);\n`;
  return quickBut('  await nextTurn();\n  try', `  await nextTurn();\n  ${busy}  try`);
}

function gitIn(cwd: string, home: string, args: readonly string[]): string {
  const who = { GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@b.invalid', GIT_COMMITTER_NAME: 'a' };
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    GIT_CONFIG_NOSYSTEM: '1',
    ...who,
    GIT_COMMITTER_EMAIL: 'a@b.invalid',
  };
  return execFileSync('git', args, { cwd, env, encoding: 'utf8', stdio: 'pipe', timeout: 30_000 });
}
