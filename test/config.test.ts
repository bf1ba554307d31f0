/**
 * Flags and variables become one configuration, or every problem at once.
 *
 * @module
 */

import { describe, expect, test } from 'vitest';
import { readBackupConfig, readControllerConfig } from '../src/config.ts';

const defaults = {
  healthAddress: { host: '127.0.0.1', port: 8081 },
  metricsAddress: { host: '127.0.0.1', port: 8080 },
  leaseName: 'ramify-controller',
  leaseDuration: 15,
  leaseRenewDeadline: 10,
  leaseRetryPeriod: 2,
  concurrency: 16,
  logLevel: 'info',
};

function problemsOf(flags: Record<string, unknown>, env: Record<string, string> = {}): string {
  try {
    return JSON.stringify(readControllerConfig(flags, env));
  } catch (error) {
    if (error instanceof Error && error.name === 'ConfigError') return error.message;
    throw error;
  }
}

test('nothing need be said', () => {
  expect(readControllerConfig({}, {})).toEqual(defaults);
});

test('nobody changes the configuration', () => {
  expect(readControllerConfig({}, {})).toSatisfy(Object.isFrozen);
});

describe('every setting is a flag and a variable', () => {
  test.each([
    ['kubeconfig', 'RAMIFY_KUBECONFIG', '/k', '/k'],
    ['context', 'RAMIFY_CONTEXT', 'kind', 'kind'],
    ['namespaces', 'RAMIFY_NAMESPACES', 'a, b,a', ['a', 'b']],
    ['store', 'RAMIFY_STORE', 'sqlite:/var/s.db', '/var/s.db'],
    ['storeKeyFile', 'RAMIFY_STORE_KEY_FILE', '/k', '/k'],
    ['healthAddress', 'RAMIFY_HEALTH_ADDRESS', '0.0.0.0:80', { host: '0.0.0.0', port: 80 }],
    ['leaderElect', 'RAMIFY_LEADER_ELECT', 'true', true],
    ['leaderElect', 'RAMIFY_LEADER_ELECT', 'false', false],
    ['leaseNamespace', 'RAMIFY_LEASE_NAMESPACE', 'system', 'system'],
    ['leaseName', 'RAMIFY_LEASE_NAME', 'other', 'other'],
    ['leaseDuration', 'RAMIFY_LEASE_DURATION', '1m30s', 90],
    ['leaseRenewDeadline', 'RAMIFY_LEASE_RENEW_DEADLINE', '14s', 14],
    ['leaseRetryPeriod', 'RAMIFY_LEASE_RETRY_PERIOD', '1s', 1],
    ['concurrency', 'RAMIFY_CONCURRENCY', '128', 128],
    ['logLevel', 'RAMIFY_LOG_LEVEL', 'trace', 'trace'],
  ])('%s, %s', (name, variable, text, value) => {
    expect(readControllerConfig({ [name]: text }, {})).toEqual({ ...defaults, [name]: value });
    expect(readControllerConfig({}, { [variable]: text })).toEqual({ ...defaults, [name]: value });
  });

  test.each(['', ',', 'a,,b', 'Team', 'a/b', '-a', 'a'.repeat(64)])('%j is no list of namespaces', (namespaces) => {
    expect(problemsOf({ namespaces })).toContain('--namespaces: must be names of namespaces, such as a,b');
  });

  test('a list may also be given in several flags', () => {
    expect(readControllerConfig({ namespaces: ['a,b', 'c'] }, {})).toEqual({
      ...defaults,
      namespaces: ['a', 'b', 'c'],
    });
  });

  test('a flag that is there and says nothing is true', () => {
    expect(readControllerConfig({ leaderElect: true }, {})).toEqual({ ...defaults, leaderElect: true });
  });

  test('the flag counts before the variable', () => {
    const { logLevel } = readControllerConfig({ logLevel: 'debug' }, { RAMIFY_LOG_LEVEL: 'error' });
    expect(logLevel).toBe('debug');
  });

  test('a variable of another name is not looked at', () => {
    expect(readControllerConfig({}, { LOG_LEVEL: 'debug', RAMIFY_LOGLEVEL: 'debug', KUBECONFIG: '/k' })).toEqual(
      defaults,
    );
  });
});

describe('an address', () => {
  test.each([
    ['0', undefined],
    ['localhost:0', { host: 'localhost', port: 0 }],
    ['[::1]:65535', { host: '::1', port: 65_535 }],
  ])('may be %s', (healthAddress, value) => {
    expect(readControllerConfig({ healthAddress }, {}).healthAddress).toEqual(value);
  });

  test.each(['8081', 'localhost', ':8081', 'localhost:', '::1:80', '[::1]', 'a:b:80', 'a:123456', 'a:80 '])(
    'may not be %o',
    (healthAddress) => {
      expect(problemsOf({ healthAddress })).toBe('--health-address: must be HOST:PORT, or 0 for none');
    },
  );

  test('has a port that there is', () => {
    expect(problemsOf({ healthAddress: 'localhost:65536' })).toBe('--health-address: the port must be at most 65535');
  });
});

describe('what is wrong is told', () => {
  test.each([
    ['store', '/var/s.db', /^--store: must be sqlite:PATH$/],
    ['store', 'sqlite:', /^--store: must be sqlite:PATH$/],
    ['concurrency', '0', /^--concurrency: .*>=1$/],
    ['concurrency', '129', /^--concurrency: .*<=128$/],
    ['concurrency', 'many', /^--concurrency: .*number/],
    ['concurrency', '1.5', /^--concurrency: .*int/],
    ['leaderElect', 'maybe', /^--leader-elect: must be true or false$/],
    ['leaseDuration', 'long', /^--lease-duration: must be whole/],
    ['leaseDuration', '10s', /^--lease-duration: must be more than --lease-renew-deadline/],
    ['leaseRenewDeadline', '2s', /^--lease-duration: .*1\.2 times --lease-retry-period$/],
    ['leaseRetryPeriod', '0s', /^--lease-duration: /],
    ['logLevel', 'loud', /^--log-level: .*"info"/],
  ])('%s %o', (name, text, message) => {
    expect(problemsOf({ [name]: text })).toMatch(message);
  });

  test('all at once, on one line, by the name of the flag', () => {
    const problems = problemsOf({ store: 'x', concurrency: 'y' }, { RAMIFY_LOG_LEVEL: 'z' });
    expect(problems.split('; ').map((problem) => problem.split(':')[0])).toEqual([
      '--store',
      '--concurrency',
      '--log-level',
    ]);
    expect(problems).not.toContain('\n');
  });
});

describe('a backup', () => {
  test('is of a store, to a file', () => {
    expect(readBackupConfig({ store: 'sqlite:/s.db', to: '/b.db' }, {})).toEqual({ store: '/s.db', to: '/b.db' });
    expect(readBackupConfig({ to: 'b' }, { RAMIFY_STORE: 'sqlite:s', RAMIFY_STORE_KEY_FILE: '/k' })).toEqual({
      store: 's',
      storeKeyFile: '/k',
      to: 'b',
    });
  });

  test('needs both', () => {
    expect(() => readBackupConfig({}, {})).toThrow(/^--store: must be given; --to: must be given$/);
  });
});
