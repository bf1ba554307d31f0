/**
 * The API server’s errors in the words of the port, as a table.
 *
 * @module
 */

import { describe, expect, test } from 'vitest';
import { failed, ignoreAbsence, refused } from '../../src/cluster/api-errors.ts';
import { ConnectionError } from '../../src/kube/connection.ts';
import { ApiError } from '../../src/kube/error.ts';

const otherUID = [{ field: 'metadata.uid', reason: 'FieldValueInvalid' }];

function thrown(by: (error: unknown) => unknown, error: unknown): unknown {
  try {
    return by(error);
  } catch (result) {
    return result;
  }
}

function apiError(status: number, reason: string, causes: { field: string }[] = []): ApiError {
  return new ApiError('because', { status, reason, causes, retryAfterSeconds: 3 });
}

describe('the API server’s answer becomes the port’s word', () => {
  test.each<[number, string, string, string, { field: string }[]?]>([
    // status, reason, for a Secret, for anything else
    [409, 'Conflict', 'conflict', 'conflict'],
    [404, 'NotFound', 'conflict', 'conflict'],
    [422, 'Invalid', 'conflict', 'conflict', otherUID],
    [409, 'AlreadyExists', 'exists', 'exists'],
    [422, 'Invalid', 'refused', 'invalid', [{ field: 'data' }]],
    [403, 'Forbidden', 'refused', 'failed'],
    [400, 'BadRequest', 'refused', 'failed'],
    [413, 'RequestEntityTooLarge', 'refused', 'failed'],
    [401, 'Unauthorized', 'failed', 'failed'],
    [429, 'TooManyRequests', 'failed', 'failed'],
    [500, 'InternalError', 'failed', 'failed'],
    [503, 'ServiceUnavailable', 'failed', 'failed'],
    [0, 'Unreachable', 'failed', 'failed'],
    [0, 'Timeout', 'failed', 'failed'],
  ])('%i %s is %s for a Secret and %s for anything else', (status, reason, forSecret, otherwise, causes) => {
    const error = apiError(status, reason, causes);
    const told = { name: 'ClusterError', message: 'because', retryAfterSeconds: 3, cause: error };
    expect(thrown(refused, error)).toMatchObject({ ...told, code: forSecret });
    expect(thrown(failed, error)).toMatchObject({ ...told, code: otherwise });
  });

  test('a kind that the server does not have is no object that went', () => {
    expect(thrown(failed, apiError(404, 'NoSuchResource'))).toMatchObject({ code: 'failed' });
  });

  test.each([new ConnectionError('noCredentials', 'no token'), new TypeError('a fault of ours')])(
    '%s is passed on',
    (error) => {
      expect(thrown(failed, error)).toBe(error);
      expect(thrown(refused, error)).toBe(error);
    },
  );
});

describe('what is to be gone', () => {
  test('may be gone already', () => {
    expect(() => ignoreAbsence(apiError(404, 'NotFound'))).not.toThrow();
  });

  test.each([apiError(404, 'NoSuchResource'), apiError(409, 'Conflict'), new TypeError('a fault of ours')])(
    'but not %s',
    (error) => {
      expect(() => ignoreAbsence(error)).toThrow(error);
    },
  );
});
