/**
 * The settings of `ramify registry`.
 *
 * @module
 */

import { describe, expect, test } from 'vitest';
import { readRegistryConfig } from '../src/registry-config.ts';

const least = { store: 'sqlite:/s.db' };

function problemOf(flags: Record<string, unknown>): string {
  try {
    return JSON.stringify(readRegistryConfig({ ...least, ...flags }, {}));
  } catch (error) {
    if (error instanceof Error && error.name === 'ConfigError') return error.message;
    throw error;
  }
}

test('nothing need be said but where the store is', () => {
  expect(readRegistryConfig(least, {})).toEqual({
    listen: { host: '127.0.0.1', port: 8082 },
    store: '/s.db',
    allowPlainHttp: false,
    secretsReadable: true,
    emptyRedirects: 'clear',
    deleteConflicts: false,
    consistencyDelay: 0,
    logLevel: 'info',
  });
});

test('access keys come one by one, several at once and as a variable', () => {
  const idsOf = (flags: Record<string, unknown>, env = {}) =>
    readRegistryConfig({ ...least, ...flags }, env).accessKey?.map(({ id, securityToken }) => [
      id,
      securityToken?.reveal(),
    ]);
  const both = [
    ['a', undefined],
    ['b', 't=/+'],
  ];
  expect(idsOf({ accessKey: ['a:1', 'b:2:t=/+'] })).toEqual(both);
  expect(idsOf({}, { RAMIFY_ACCESS_KEY: 'a:1, b:2:t=/+\n' })).toEqual(both);
});

test('a secret prints nowhere', () => {
  expect(problemOf({ accessKey: ['a:hidden'] })).not.toContain('hidden');
  expect(problemOf({ accessKey: ['a:hidden:hidden:hidden'] })).not.toContain('hidden');
});

describe('what is wrong is told', () => {
  test.each([
    [{ store: undefined }, '--store: must be given'],
    [{ store: '/s.db' }, '--store: must be sqlite:PATH'],
    [{ listen: '0' }, '--listen: must be HOST:PORT'],
    [{ listen: 'a:70000' }, '--listen: the port must be at most 65535'],
    [{ accessKey: ['a'] }, '--access-key: must be ID:SECRET, or ID:SECRET:TOKEN as STS lends it'],
    [{ accessKey: '' }, '--access-key: must hold a key'],
    [{ tlsCert: 'a' }, '--tls-cert: must be given together with --tls-key'],
    [{ secretsReadable: 'perhaps' }, '--secrets-readable: must be true or false'],
    [{ emptyRedirects: 'keep' }, /^--empty-redirects: /],
    [{ consistencyDelay: '-1' }, /^--consistency-delay: /],
    [{ throttle: '0' }, /^--throttle: /],
  ])('%j', (flags, line) => {
    expect(problemOf(flags)).toEqual(typeof line === 'string' ? line : expect.stringMatching(line));
  });
});
