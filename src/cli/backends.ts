import { createRequire } from 'node:module';
import { findRedis, installHint } from '../servers/redis.js';
import type { Check } from './checks.js';
import type { Io } from './io.js';

/** As much of a listed adapter as a check needs. */
interface Backend {
  readonly name: string;
  readonly reference: boolean;
  readonly packages: readonly string[];
  readonly available: boolean;
  readonly reason?: string;
  readonly remedy?: string;
}

/** Whether each adapter can run, and the drivers and servers that they need. */
export async function backendChecks(adapters: readonly Backend[], { env }: Io): Promise<Check[]> {
  const packages = [...new Set(adapters.flatMap((adapter) => adapter.packages))];
  return [
    ...packages.map(driverCheck),
    serverCheck(await findRedis(), env.REDIS_URL !== undefined),
    ...adapters.filter(({ reference }) => !reference).map(adapterCheck),
  ];
}

function adapterCheck({ name, available, reason, remedy }: Backend): Check {
  const check = { name: `adapter ${name}` };
  if (available) return { ...check, status: 'ok', value: 'available' };
  return { ...check, status: 'fail', value: reason ?? 'not available', ...(remedy !== undefined && { fix: remedy }) };
}

function serverCheck(found: string | undefined, hasUrl: boolean): Check {
  const name = 'redis-server';
  if (found !== undefined) return { name, status: 'ok', value: found };
  if (hasUrl) return { name, status: 'ok', value: 'not on PATH, and not needed: REDIS_URL is set' };
  return { name, status: 'warn', value: 'not on PATH', fix: `${installHint()}, or set REDIS_URL to a running server` };
}

const require = createRequire(import.meta.url);

function driverCheck(name: string): Check {
  const check = { name: `driver ${name}` };
  try {
    const { version } = require(`${name}/package.json`) as { version?: unknown };
    return { ...check, status: 'ok', value: String(version) };
  } catch {
    // Not installed; a package that hides its package.json is told apart by its adapter being available.
    return { ...check, status: 'warn', value: 'not found', fix: `npm install ${name}${tested(name)}` };
  }
}

/** The versions that jobbench is tested with: a later major may need a later Node. */
function tested(name: string): string {
  const { optionalDependencies = {} } = require('../../package.json') as {
    optionalDependencies?: Readonly<Record<string, string>>;
  };
  const range = optionalDependencies[name];
  return range === undefined ? '' : `@'${range}'`;
}
