/**
 * The signature, against two that the official SDK made.
 *
 * @module
 */

import { describe, expect, test } from 'vitest';
import type { WireRequest } from '../../src/server/request.ts';
import { readAuthorization, sha256, sign, stringToSign } from '../../src/server/signature.ts';

const signedHeaders = [
  'host',
  'x-acs-action',
  'x-acs-content-sha256',
  'x-acs-credentials-provider',
  'x-acs-date',
  'x-acs-signature-nonce',
  'x-acs-version',
];

const unusual =
  '/?AppName=a.b_c-1&AppType=WebApp&DisplayName=%C3%A9%20%E4%B8%AD%E6%96%87%20%2B%26%3D%25~!%27()*%2F%3F%23&PredefinedScopes=openid%3B%2Facs%2Fccc&RedirectUris=https%3A%2F%2Fa.example%2Fcb%3Fx%3D1%26y%3D2%3Bhttp%3A%2F%2Flocalhost%3A8080%2Fx';

function request(action: string, nonce: string, target: string): WireRequest {
  const headers = {
    host: '127.0.0.1:18080',
    'x-acs-action': action,
    'x-acs-content-sha256': sha256(''),
    'x-acs-credentials-provider': 'static_ak',
    'x-acs-date': '2026-11-22T07:21:37Z',
    'x-acs-signature-nonce': nonce,
    'x-acs-version': '2019-08-15',
    'user-agent': 'is not signed',
  };
  return { method: 'POST', target, headers, body: Buffer.alloc(0) };
}

const create = (target: string) =>
  request('CreateApplication', '735cbac22bef0bf1616ff42e16f03134bcd5a604bf70026605acfb27bd579820', target);

describe.each([
  {
    name: 'parameters in all kinds of characters',
    request: create(unusual),
    digest: 'b34876c9ff239d8a8f9bde1dc2144e2705920209258ec77a37cfd70698e42544',
    signature: '01e26536b38a0ddf10f78be90bb3cabf180444866057eacdf6ed032dd40526f9',
  },
  {
    name: 'no parameter',
    request: request('ListApplications', '879b1fd02062beb467585118bf13ead8629a9a7c1d99444a23967b1df52ad275', '/'),
    digest: '9f0c8e1935068333cc5cf7e966ceae23f9455d44772b2f54432dd4b517b82f4e',
    signature: 'c4587b494670ea6ea54f1ee8b2fb9a3a7c592a53b76b52609619de726750e8c3',
  },
])('a request with $name', ({ request: captured, digest, signature }) => {
  test('is signed as the SDK signs it', () => {
    const text = stringToSign(captured, signedHeaders);
    expect(text).toBe(`ACS3-HMAC-SHA256\n${digest}`);
    expect(sign(text, 'secretexample')).toBe(signature);
  });

  test('has another signature with another secret', () => {
    expect(sign(stringToSign(captured, signedHeaders), 'secretexampld')).not.toBe(signature);
  });
});

describe('one request in another spelling', () => {
  const text = stringToSign(create(unusual), signedHeaders);

  test.each([
    ['spaces as plus signs', unusual.replaceAll('%20', '+')],
    ['unreserved characters escaped', unusual.replace('~!', '%7E%21')],
    ['parameters in another order', `/?${unusual.slice(2).split('&').toReversed().join('&')}`],
  ])('%s: the same signature', (_, target) => {
    expect(stringToSign(create(target), signedHeaders)).toBe(text);
  });

  test('names of headers in another order: the same signature', () => {
    expect(stringToSign(create(unusual), signedHeaders.toReversed())).toBe(text);
  });

  test.each([
    ['another value', unusual.replace('WebApp', 'WebApq')],
    ['a parameter less', unusual.replace('AppType=WebApp&', '')],
    ['an empty parameter more', `${unusual}&B=`],
  ])('%s: another signature', (_, target) => {
    expect(stringToSign(create(target), signedHeaders)).not.toBe(text);
  });
});

describe('the header', () => {
  const signature = 'a'.repeat(64);

  test('is read', () => {
    const text = `ACS3-HMAC-SHA256 Credential=AK,SignedHeaders=host;x-acs-date,Signature=${signature}`;
    const read = { accessKeyID: 'AK', signedHeaders: ['host', 'x-acs-date'], signature };
    expect(readAuthorization(text)).toEqual(read);
    expect(readAuthorization(text.replaceAll(',', ', '))).toEqual(read);
  });

  test.each([
    '',
    'Bearer token',
    `ACS4-HMAC-SHA256 Credential=AK,SignedHeaders=host,Signature=${signature}`,
    `ACS3-HMAC-SHA256 Credential=AK,SignedHeaders=host,Signature=${signature}a`,
    `ACS3-HMAC-SHA256 Credential=AK,SignedHeaders=host,Signature=${signature.replace('a', 'g')}`,
    `ACS3-HMAC-SHA256 Credential=,SignedHeaders=host,Signature=${signature}`,
    `ACS3-HMAC-SHA256 SignedHeaders=host,Signature=${signature}`,
  ])('%s is not in its form', (text) => {
    expect(readAuthorization(text)).toBeUndefined();
  });
});
