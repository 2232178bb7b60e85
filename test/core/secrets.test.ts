import { expect, it } from 'vitest';
import { describeError, redact } from '../../src/core/errors.js';
import { hideValues, safeOptions } from '../../src/core/secrets.js';

it('values of what is named like a secret are shown nowhere, encoded or not', () => {
  hideValues({ dbPassword: 'hunter2-%40-long', host: 'hunter3-db-host' });
  const said = redact('no login with hunter2-%40-long, hunter2-@-long at hunter3-db-host');
  expect(said).toBe('no login with ***, *** at hunter3-db-host');
});

it.each(['redis://:canary-one-1@host:6379/0', 'amqp://user:canary-one-1@host', 'nats://host?token=canary-one-1&x=1'])(
  'passwords inside URLs of variables are: %s',
  (url) => {
    hideValues({ SOME_URL: url });
    expect(describeError(new Error('login failed: canary-one-1'))).toBe('login failed: ***');
  },
);

it('short ones are left alone, because they would blank out words', () => {
  hideValues({ REDIS_URL: 'redis://:redis@localhost' });
  expect(redact('redis-server is not on PATH')).toBe('redis-server is not on PATH');
});

it('the end of a long message holds no half of a secret', () => {
  hideValues({ password: 'abcdefghijklmnop' });
  expect(describeError(new Error(`${'x '.repeat(245)}abcdefghijklmnop`))).not.toContain('abcd');
  expect(describeError(new Error('a'.repeat(1_000_000)))).toHaveLength(500);
});

it('options are kept without secrets', () => {
  const options = { host: 'db', password: 'x', apiKey: '', url: 'http://me:you@db', size: 3 };
  expect(safeOptions(options, redact)).toEqual({ ...options, password: '***', url: 'http://***@db' });
});
