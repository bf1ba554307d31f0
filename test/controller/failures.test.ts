/** What becomes of an error: a failure to report, or an error for the queue. */

import { describe, expect, it } from 'vitest';
import { ClusterError } from '../../src/cluster/cluster.ts';
import { failureOf } from '../../src/controller/failures.ts';
import { RegistryError } from '../../src/registry/errors.ts';

const registry = (code: ConstructorParameters<typeof RegistryError>[0], details: object = {}) =>
  new RegistryError(code, 'told by the registry', { operation: 'create', ...details });

const told = [
  {
    name: 'a throttled call',
    error: registry('throttled', { retryAfterSeconds: 7 }),
    failure: { reason: 'Throttled', message: 'told by the registry', afterSeconds: 7 },
  },
  {
    name: 'a call with a request ID',
    error: registry('denied', { requestID: 'R-1' }),
    failure: { reason: 'PermissionDenied', message: 'told by the registry (request R-1)', requestID: 'R-1' },
  },
  {
    name: 'an application that is gone, to be looked for soon',
    error: registry('absent'),
    failure: { reason: 'ApplicationMissing', message: 'told by the registry', afterSeconds: 1 },
  },
  {
    name: 'a Secret that is refused',
    error: new ClusterError('refused', 'exceeded quota'),
    failure: { reason: 'SecretRefused', message: 'exceeded quota' },
  },
  {
    name: 'a resource that the API server finds invalid',
    error: new ClusterError('invalid', 'metadata.annotations: too long'),
    failure: { reason: 'InvalidSpec', message: 'metadata.annotations: too long' },
  },
];

const thrown = [
  { name: 'a conflict', error: new ClusterError('conflict', 'x') },
  { name: 'an object that exists', error: new ClusterError('exists', 'x') },
  { name: 'an API server that does not answer', error: new ClusterError('failed', 'x') },
  { name: 'a fault of ours', error: new TypeError('x') },
  { name: 'something that is no error', error: 'x' },
];

describe('what becomes of an error', () => {
  it.each(told)('$name is told', ({ error, failure }) => {
    expect(failureOf(error)).toEqual({ afterSeconds: undefined, ...failure });
  });

  it.each(thrown)('$name is thrown on', ({ error }) => {
    expect(() => failureOf(error)).toThrow();
  });
});
