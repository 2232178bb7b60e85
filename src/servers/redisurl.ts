import { isIPv4 } from 'node:net';
import { JobbenchError } from '../core/errors.js';

/** Where a Redis server listens, and how to log in. */
export interface Endpoint {
  /** Safe to print: never holds a user or password. */
  readonly label: string;
  readonly local: boolean;
  readonly options: {
    readonly path?: string;
    readonly host?: string;
    readonly port?: number;
    readonly username?: string;
    readonly password?: string;
    readonly db?: number;
    readonly tls?: Record<string, never>;
  };
}

const FORMS =
  'write redis://127.0.0.1:6379, rediss://host:6379/0 (user and password, if any, before the host) or unix:///run/redis.sock';

/**
 * Reads what REDIS_URL holds: a redis:, rediss: or unix: URL, or the path of a socket. Options in a query are refused:
 * a client would let them replace the host that was checked here.
 * @throws JobbenchError USAGE, without a word of the text itself: it may hold a password
 */
export function parseRedisUrl(text: string): Endpoint {
  if (text.startsWith('/')) return socketAt(text);
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new JobbenchError('USAGE', `REDIS_URL is not a URL; ${FORMS}`); // no cause: it would carry the text
  }
  if (url.search !== '' || url.hash !== '') {
    throw new JobbenchError('USAGE', `REDIS_URL has options after a "?" or "#", which are not supported; ${FORMS}`);
  }
  if (url.protocol === 'unix:') return socketAt(decoded(url.pathname));
  if (url.protocol !== 'redis:' && url.protocol !== 'rediss:') {
    throw new JobbenchError('USAGE', `REDIS_URL is not of a known kind; ${FORMS}`);
  }
  const host = url.hostname === '' ? '127.0.0.1' : url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port === '' ? 6379 : Number(url.port);
  const database = url.pathname.replace(/^\//, '');
  if (!/^\d*$/.test(database)) {
    throw new JobbenchError('USAGE', `the database at the end of REDIS_URL must be a number; ${FORMS}`);
  }
  return {
    label: `${host.includes(':') ? `[${host}]` : host}:${port}`,
    local: isLoopback(host),
    options: {
      host,
      port,
      ...(url.username === '' ? {} : { username: decoded(url.username) }),
      ...(url.password === '' ? {} : { password: decoded(url.password) }),
      ...(database === '' ? {} : { db: Number(database) }),
      ...(url.protocol === 'rediss:' ? { tls: {} } : {}),
    },
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new JobbenchError('USAGE', `a "%" in REDIS_URL must be written as %25; ${FORMS}`);
  }
}

function socketAt(path: string): Endpoint {
  return { label: path, local: true, options: { path } };
}

function isLoopback(host: string): boolean {
  return host.toLowerCase() === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}
