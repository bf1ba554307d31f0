/**
 * Whose requests pass, and what everybody else is told.
 *
 * @module
 */

import { describe, expect, test } from 'vitest';
import { Sensitive } from '../../src/core/sensitive.ts';
import { type AccessKey, authenticator } from '../../src/server/authentication.ts';
import { readCall, type WireRequest } from '../../src/server/request.ts';
import { accessKey, now, type Oddity, signed } from './requests.ts';

const action = { 'x-acs-action': 'ListApplications' };

/** `passed`, or the code of the refusal. */
function verdict(request: WireRequest, keys: readonly AccessKey[] = [accessKey], clock = () => now): string {
  return verdictOf(authenticator(keys, clock), request);
}

function verdictOf(admit: ReturnType<typeof authenticator>, request: WireRequest): string {
  try {
    admit(request, readCall(request));
    return 'passed';
  } catch (error) {
    return String((error as { code?: unknown }).code);
  }
}

const odd = (oddity: Oddity) => signed({ ...oddity, headers: { ...action, ...oddity.headers } });
const form = { 'content-type': 'application/x-www-form-urlencoded' };

describe('passes', () => {
  test.each([
    ['a request', odd({})],
    ['a GET in the older placement', signed({ method: 'GET', target: '/?Action=ListApplications' })],
    ['a form', odd({ body: 'AppId=1', headers: form })],
    [
      'headers that are not signed',
      odd({ headers: { 'user-agent': 'x', accept: '*/*' }, unsigned: ['user-agent', 'accept'] }),
    ],
    ['the type of no body, not signed', odd({ headers: form, unsigned: ['content-type'] })],
    ['a date 15 minutes ago', odd({ headers: { 'x-acs-date': '2026-11-22T07:06:37Z' } })],
    ['a date in 15 minutes', odd({ headers: { 'x-acs-date': '2026-11-22T07:36:37Z' } })],
  ])('%s', (_, request) => {
    expect(verdict(request)).toBe('passed');
  });
});

describe('does not pass', () => {
  const changed = ({ headers, ...rest }: WireRequest, changes: Record<string, string>) => ({
    ...rest,
    headers: { ...headers, ...changes },
  });

  test.each([
    ['no signature', changed(odd({}), { authorization: '' }), 'IncompleteSignature'],
    [
      'no header for one',
      { ...odd({}), headers: { ...action, 'x-acs-version': '2019-08-15' } },
      'MissingAuthorization',
    ],
    [
      'a signature in the query',
      { ...odd({ target: '/?SignatureMethod=HMAC-SHA1&Signature=x' }), headers: { ...action, 'x-acs-version': 'v' } },
      'InvalidParameter.SignatureMethod',
    ],
    ['another secret', odd({ secret: 'other' }), 'SignatureDoesNotMatch'],
    ['another query than was signed', { ...odd({}), target: '/?AppId=1' }, 'SignatureDoesNotMatch'],
    ['another method than was signed', { ...odd({}), method: 'GET' }, 'SignatureDoesNotMatch'],
    ['another host than was signed', changed(odd({}), { host: 'other' }), 'SignatureDoesNotMatch'],
    ['another action than was signed', changed(odd({}), { 'x-acs-action': 'Delete' }), 'SignatureDoesNotMatch'],
    [
      'another body than was signed',
      { ...odd({ body: 'a=1', headers: form }), body: Buffer.from('a=2') },
      'SignatureDoesNotMatch',
    ],
    [
      'a digest of another body',
      odd({ body: 'a=1', headers: { ...form, 'x-acs-content-sha256': 'x' } }),
      'SignatureDoesNotMatch',
    ],
    ['no digest', odd({ headers: { 'x-acs-content-sha256': undefined } }), 'MissingContentSha256'],
    ['a host that is not signed', odd({ unsigned: ['host'] }), 'IncompleteSignature'],
    ['an action that is not signed', odd({ unsigned: ['x-acs-action'] }), 'IncompleteSignature'],
    ['a header added on the way', changed(odd({}), { 'x-acs-security-token': 'x' }), 'IncompleteSignature'],
    [
      'the type of a body, not signed',
      odd({ body: 'a=1', headers: form, unsigned: ['content-type'] }),
      'IncompleteSignature',
    ],
    ['no date', odd({ headers: { 'x-acs-date': undefined } }), 'MissingTimestamp'],
    [
      'a date in another form',
      odd({ headers: { 'x-acs-date': 'Sun, 22 Nov 2026 07:21:37 GMT' } }),
      'InvalidTimeStamp.Format',
    ],
    ['a date that is none', odd({ headers: { 'x-acs-date': '2026-13-22T07:21:37Z' } }), 'InvalidTimeStamp.Format'],
    ['a date longer ago', odd({ headers: { 'x-acs-date': '2026-11-22T07:06:36Z' } }), 'InvalidTimeStamp.Expired'],
    ['a date further ahead', odd({ headers: { 'x-acs-date': '2026-11-22T07:36:38Z' } }), 'InvalidTimeStamp.Expired'],
    ['no nonce', odd({ headers: { 'x-acs-signature-nonce': undefined } }), 'MissingSignatureNonce'],
    [
      'a token of nobody',
      odd({ headers: { 'x-acs-security-token': 'x' } }),
      'InvalidSecurityToken.MismatchWithAccessKey',
    ],
  ])('%s', (_, request, code) => {
    expect(verdict(request)).toBe(code);
  });

  test('a key that nobody knows', () => {
    expect(verdict(odd({}), [{ ...accessKey, id: 'other' }])).toBe('InvalidAccessKeyId.NotFound');
  });

  test('a key that was deactivated', () => {
    expect(verdict(odd({}), [{ ...accessKey, isActive: false }])).toBe('InvalidAccessKeyId.Inactive');
  });
});

describe('a key that was lent with a token', () => {
  const lent = [{ ...accessKey, securityToken: new Sensitive('token') }];

  test.each([
    ['token', 'passed'],
    [undefined, 'MissingSecurityToken'],
    ['other', 'InvalidSecurityToken.MismatchWithAccessKey'],
  ])('%s: %s', (token, expected) => {
    expect(verdict(odd({ headers: { 'x-acs-security-token': token } }), lent)).toBe(expected);
  });
});

describe('a request that comes again', () => {
  test('is refused, and so is another one with its nonce', () => {
    const admit = authenticator([accessKey], () => now);
    const request = odd({ headers: { 'x-acs-signature-nonce': 'once' } });
    expect(verdictOf(admit, request)).toBe('passed');
    expect(verdictOf(admit, request)).toBe('SignatureNonceUsed');
    expect(verdictOf(admit, odd({ target: '/?AppId=1', headers: { 'x-acs-signature-nonce': 'once' } }))).toBe(
      'SignatureNonceUsed',
    );
  });

  test('is refused for as long as its date would do', () => {
    let time = now;
    const admit = authenticator([accessKey], () => time);
    const request = odd({ headers: { 'x-acs-date': '2026-11-22T07:36:37Z' } });
    expect(verdictOf(admit, request)).toBe('passed');
    time = now + 30 * 60_000;
    expect(verdictOf(admit, request)).toBe('SignatureNonceUsed');
  });

  test('has used up nothing where it was not signed rightly', () => {
    const admit = authenticator([accessKey], () => now);
    const headers = { 'x-acs-signature-nonce': 'once' };
    expect(verdictOf(admit, odd({ headers, secret: 'other' }))).toBe('SignatureDoesNotMatch');
    expect(verdictOf(admit, odd({ headers }))).toBe('passed');
  });
});

test('no refusal tells a secret', () => {
  const request = odd({ target: '/?AppId=1', secret: 'other' });
  const admit = authenticator([accessKey], () => now);
  expect(() => admit(request, readCall(request))).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining('secretexample') }),
  );
});
