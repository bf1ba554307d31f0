/** How the API refuses and how calls break, in the port's words. The table of codes is the documentation's. */

import { describe, expect, it } from 'vitest';
import { RegistryError } from '../../../src/registry/errors.ts';
import {
  type Asked,
  failureOf,
  isAboutCredentials,
  isRefusedFor,
  malformed,
} from '../../../src/registry/ims/errors.ts';

const host = 'ims.aliyuncs.com';
const read: Asked = { operation: 'get', action: 'GetApplication', isIdempotent: true };
const create: Asked = { operation: 'create', action: 'CreateApplication', isIdempotent: false };
const issue: Asked = { operation: 'issueClientSecret', action: 'CreateAppSecret', isIdempotent: false };

/** An error as the SDK throws it for an answer of the API. */
function refused(code: string, statusCode: number, more: object = {}): Error {
  const data = { Code: code, Message: 'Says why.', RequestId: '1-2-3' };
  return Object.assign(new Error(`${code}: code: ${statusCode}`), {
    code,
    statusCode,
    requestId: '1-2-3',
    data,
    ...more,
  });
}

describe('a refusal', () => {
  it.each([
    ['EntityNotExist.Application', 404, 'absent', 'absent'],
    ['EntityNotExist.AppSecret', 404, 'absent', 'absent'],
    ['EntityAlreadyExists.Application', 409, 'nameTaken', 'nameTaken'],
    ['LimitExceeded.Application', 409, 'quotaExceeded', 'quotaExceeded'],
    ['DeleteConflict.Application.Secret', 409, 'rejected', 'rejected'],
    ['InvalidParameter.AppName.Length', 400, 'rejected', 'rejected'],
    ['MissingAppName', 400, 'rejected', 'rejected'],
    ['NoPermission', 403, 'denied', 'denied'],
    ['Forbidden.RAM', 403, 'denied', 'denied'],
    ['Inactive', 403, 'denied', 'denied'],
    ['InvalidAccessKeyId.NotFound', 404, 'denied', 'denied'],
    ['InvalidAccessKeyId.Inactive', 400, 'denied', 'denied'],
    ['SignatureDoesNotMatch', 400, 'denied', 'denied'],
    ['InvalidSecurityToken.Malformed', 400, 'denied', 'denied'],
    ['InvalidSecurityToken.Expired', 400, 'unavailable', 'unavailable'],
    ['InvalidTimeStamp.Expired', 400, 'unavailable', 'unavailable'],
    ['Throttling', 400, 'throttled', 'throttled'],
    ['Throttling.User', 429, 'throttled', 'throttled'],
    ['Throttling.Api', 503, 'throttled', 'throttled'],
    ['InvalidApi.NotFound', 404, 'rejected', 'rejected'],
    ['InvalidAction.NotFound', 404, 'rejected', 'rejected'],
    ['InvalidProtocol.NeedSsl', 404, 'rejected', 'rejected'],
    ['SignatureNonceUsed', 400, 'unavailable', 'uncertain'],
    ['InternalError', 500, 'unavailable', 'uncertain'],
    ['ServiceUnavailable', 503, 'unavailable', 'uncertain'],
    // Codes that nobody documents.
    ['Strange', 404, 'rejected', 'rejected'],
    ['Strange', 403, 'denied', 'denied'],
    ['Strange', 429, 'throttled', 'throttled'],
    ['Strange', 502, 'unavailable', 'uncertain'],
  ])('%s with status %i is %s of a read and %s of a create', (code, status, ofRead, ofCreate) => {
    expect(failureOf(refused(code, status), read, host)).toMatchObject({ code: ofRead, operation: 'get' });
    expect(failureOf(refused(code, status), create, host)).toMatchObject({ code: ofCreate, operation: 'create' });
  });

  it('of a third client secret is for want of a slot', () => {
    for (const code of ['LimitExceeded.AppSecret', 'LimitExceeded.Application.AppSecret'])
      expect(failureOf(refused(code, 409), issue, host).code).toBe('slotsExhausted');
  });

  it('keeps the request ID, the code and what the API says', () => {
    expect(failureOf(refused('Inactive', 403), read, host)).toMatchObject({
      requestID: '1-2-3',
      cause: 'Inactive',
      message: 'GetApplication was refused with Inactive: Says why.',
    });
  });

  it('that asks for patience says for how long', () => {
    expect(failureOf(refused('Throttling.User', 429, { retryAfter: 2_500 }), read, host)).toMatchObject({
      code: 'throttled',
      retryAfterSeconds: 3,
    });
    expect(
      failureOf(refused('Throttling.User', 429, { retryAfter: -5 }), read, host).retryAfterSeconds,
    ).toBeUndefined();
  });

  it('for want of a permission names it', () => {
    const accessDeniedDetail = {
      AuthAction: 'ram:CreateApplication',
      NoPermissionType: 'ImplicitDeny',
      PolicyType: 'AccountLevelIdentityBasedPolicy',
      EncodedDiagnosticMessage: 'AQ==',
    };
    expect(failureOf(refused('NoPermission', 403, { accessDeniedDetail }), create, host).message).toBe(
      'the credentials lack ram:CreateApplication (ImplicitDeny, AccountLevelIdentityBasedPolicy): grant it to them; CreateApplication: NoPermission',
    );
  });

  it('shows texts of others in one clean line of bounded length', () => {
    const data = { Message: `a\n\u001b[31mb\u202e${'c'.repeat(10_000)}` };
    const { message } = failureOf(refused('Inactive', 403, { data }), read, host);
    expect(message).toMatch(/^GetApplication was refused with Inactive: a \[31mb c+…$/);
    expect(message.length).toBeLessThanOrEqual(400);
  });
});

describe('a call that breaks', () => {
  const withCode = (code: string) => Object.assign(new Error(`${code} https://ims.aliyuncs.com/?secret=1`), { code });
  const timeout = Object.assign(new Error('ReadTimeout https://ims.aliyuncs.com/?secret=1'), {
    name: 'RequestTimeoutError',
  });
  const noCode = refused('undefined', 404, { requestId: 'undefined' });

  it.each([
    [timeout, 'unavailable', 'uncertain', 'gave no answer in time'],
    [withCode('ECONNRESET'), 'unavailable', 'uncertain', 'broke the connection'],
    [new SyntaxError('Unexpected token <'), 'unavailable', 'uncertain', "gave an answer that is not the API's"],
    [
      new TypeError('Cannot read properties of null'),
      'unavailable',
      'uncertain',
      "gave an answer that is not the API's",
    ],
    [noCode, 'unavailable', 'uncertain', "gave an answer that is not the API's"],
    [withCode('ECONNREFUSED'), 'unavailable', 'unavailable', 'refuses connections'],
    [withCode('ENOTFOUND'), 'unavailable', 'unavailable', 'cannot be found by name'],
    [
      withCode('DEPTH_ZERO_SELF_SIGNED_CERT'),
      'unavailable',
      'unavailable',
      'shows a certificate that is not trusted: see caBundle',
    ],
    ['no error at all', 'unavailable', 'uncertain', 'broke the connection'],
  ])('with %s is %s of a read and %s of a create', (error, ofRead, ofCreate, says) => {
    expect(failureOf(error, read, host)).toMatchObject({ code: ofRead, message: `${host} ${says}` });
    expect(failureOf(error, create, host)).toMatchObject({ code: ofCreate, message: `${host} ${says}` });
  });
});

it('tells what is about credentials, and what begins how', () => {
  const failed = (code: string) => failureOf(refused(code, 400), read, host);
  for (const code of ['InvalidAccessKeyId.NotFound', 'InvalidSecurityToken.Expired', 'SignatureDoesNotMatch'])
    expect(isAboutCredentials(failed(code))).toBe(true);
  expect(isAboutCredentials(failed('NoPermission'))).toBe(false);
  expect(isRefusedFor(failed('DeleteConflict.Application'), 'DeleteConflict.')).toBe(true);
  expect(isRefusedFor(new RegistryError('rejected', '', { operation: 'get' }), 'DeleteConflict.')).toBe(false);
});

it('an answer that is not understood leaves the outcome of a create open', () => {
  expect(malformed(['Application.AppId'], read)).toMatchObject({ code: 'unavailable' });
  expect(malformed(['Application.AppId'], create)).toMatchObject({
    code: 'uncertain',
    message: 'the answer to CreateApplication is not understood: Application.AppId',
  });
});
