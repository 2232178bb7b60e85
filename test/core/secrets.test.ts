import { expect, it } from 'vitest';
import { describeError } from '../../src/core/errors.js';
import { hideValues, redact, safeValues } from '../../src/core/secrets.js';

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
  expect(safeValues(options)).toEqual({ ...options, password: '***', url: 'http://***@db' });
});

it('what a backend tells of itself is kept without secrets, however deep, and what it showed is shown nowhere else', () => {
  const told = {
    url: 'amqp://me:canary-two-1@mq/0',
    nested: { nodes: ['redis://:canary-two-2@a', 'redis://b'], accessToken: 'canary-two-3' },
    query: 'nats://db?token=short&x=1',
    port: 6379,
  };
  expect(safeValues(told)).toEqual({
    url: 'amqp://***@mq/0',
    nested: { nodes: ['redis://***@a', 'redis://b'], accessToken: '***' },
    query: 'nats://db?token=***&x=1',
    port: 6379,
  });
  expect(redact('canary-two-1, canary-two-2 and canary-two-3')).toBe('***, *** and ***');
});

it('a text without end is read once: what begins like a scheme at each of its letters is no reason to look again', () => {
  const long = 'a-://b:c'.repeat(250_000);
  hideValues({ long });
  expect(redact(long)).toBe(long);
  expect(redact(`${long}@`)).toBe('a-://***@');
});
