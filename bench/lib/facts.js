import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { dist, load } from '../../scripts/bench/setup.js';

/** Packages whose versions are told: of bench/, and those that jobbench itself uses. */
const OWN = [
  'plainjob',
  'better-queue',
  'better-queue-sqlite',
  'piscina',
  'tinypool',
  'poolifier',
  'workerpool',
  'bee-queue',
];
const SHARED = ['better-sqlite3', 'bullmq', 'ioredis'];

export const loadNow = () => loadavg()[0];

/** What a build is made of: figures and the pages about them are not. */
const SOURCES = ['src', 'scripts', 'bench', 'package.json', 'package-lock.json', ':!bench/performance.md'];

/** The commit that the measured program is of, with `+changes` where files differ from it; `unknown` outside of a repository. */
export function commitNow() {
  const git = (...args) =>
    execFileSync('git', args, { cwd: join(dist, '..'), encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    const changed = git('status', '--porcelain', '--', ...SOURCES) !== '';
    return `${git('rev-parse', '--short', 'HEAD')}${changed ? '+changes' : ''}`;
  } catch {
    return 'unknown';
  }
}

/** When, where and with what something was measured: plain data. */
export async function facts(about) {
  const { describeHost } = await load('engine/machine.js');
  const versions = [
    ['jobbench', versionOf('../../package.json')],
    ...OWN.map((name) => [name, versionOf(`../node_modules/${name}/package.json`)]),
    ...SHARED.map((name) => [name, versionOf(`../../node_modules/${name}/package.json`)]),
    ['redis-server', redisVersion()],
  ];
  return {
    date: new Date().toISOString().slice(0, 10),
    ...about,
    host: await describeHost(),
    versions: Object.fromEntries(versions),
  };
}

function versionOf(path) {
  try {
    return JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')).version;
  } catch {
    return 'not installed'; // the rows that need it say so as well
  }
}

function redisVersion() {
  try {
    return /v=(\S+)/.exec(execFileSync('redis-server', ['--version'], { encoding: 'utf8' }))?.[1] ?? 'unknown';
  } catch {
    return 'not installed';
  }
}
