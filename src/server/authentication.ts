/**
 * Who sent a request: signed with a known access key, fresh, whole, and seen for the first time.
 *
 * @module
 */

import { timingSafeEqual } from 'node:crypto';
import type { Sensitive } from '../core/sensitive.ts';
import { Nonces } from './nonces.ts';
import { missing, Refusal } from './refusal.ts';
import type { Call, WireRequest } from './request.ts';
import { type Authorization, readAuthorization, sha256, sign, stringToSign } from './signature.ts';

/** A key that requests are signed with. All act for the account itself. */
export interface AccessKey {
  readonly id: string;
  readonly secret: Sensitive;
  /** Of a key that STS would have lent: each request then brings it along. */
  readonly securityToken?: Sensitive | undefined;
  /** False: known, and refused. */
  readonly isActive?: boolean;
}

/** Milliseconds that a request's date may differ from our time, in either direction. */
const allowedAge = 15 * 60_000;
/** 100 bytes each. */
const rememberedNonces = 100_000;

/**
 * Lets requests through that one of the keys signed, and throws a `Refusal` for all others.
 *
 * @param clock milliseconds since the epoch.
 */
export function authenticator(
  accessKeys: readonly AccessKey[],
  clock: () => number,
): (request: WireRequest, call: Call) => void {
  const keys = new Map(accessKeys.map((key) => [key.id, key]));
  const nonces = new Nonces(2 * allowedAge, rememberedNonces);
  return (request, call) => {
    const authorization = authorizationOf(request, call);
    const key = activeKey(keys.get(authorization.accessKeyID));
    const now = clock();
    checkDate(request, now);
    checkSignature(request, authorization, key);
    checkSecurityToken(request, key);
    // Last: who cannot sign must not be able to use up a nonce.
    if (!nonces.use(key.id, mandatory(request, 'x-acs-signature-nonce', 'SignatureNonce'), now))
      throw new Refusal(400, 'SignatureNonceUsed', 'Specified signature nonce was used already.');
  };
}

function authorizationOf(request: WireRequest, { parameters }: Call): Authorization {
  if (request.headers['authorization'] === undefined && parameters.has('Signature')) throw olderSignature();
  const authorization = readAuthorization(mandatory(request, 'authorization', 'Authorization'));
  if (authorization === undefined) throw incomplete('Authorization is no ACS3-HMAC-SHA256 signature');
  const unsigned = toBeSigned(request).find((name) => !authorization.signedHeaders.includes(name));
  if (unsigned !== undefined) throw incomplete(`the header ${unsigned} is not signed`);
  return authorization;
}

/** What decides how a request is understood: the host, all of `x-acs-`, and the type of a body. */
function toBeSigned({ headers, body }: WireRequest): readonly string[] {
  const present = Object.keys(headers).filter((name) => name.startsWith('x-acs-'));
  return ['host', ...present, ...(body.length > 0 ? ['content-type'] : [])];
}

function activeKey(key: AccessKey | undefined): AccessKey {
  if (key === undefined) throw new Refusal(404, 'InvalidAccessKeyId.NotFound', 'Specified access key is not found.');
  if (key.isActive !== false) return key;
  throw new Refusal(400, 'InvalidAccessKeyId.Inactive', 'Specified access key is disabled.');
}

function checkDate(request: WireRequest, now: number): void {
  const text = mandatory(request, 'x-acs-date', 'Timestamp');
  const date = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(date))
    throw new Refusal(400, 'InvalidTimeStamp.Format', 'Specified time stamp or date value is not well formatted.');
  if (Math.abs(now - date) > allowedAge)
    throw new Refusal(400, 'InvalidTimeStamp.Expired', 'Specified time stamp or date value is expired.');
}

function checkSignature(request: WireRequest, { signedHeaders, signature }: Authorization, key: AccessKey): void {
  if (mandatory(request, 'x-acs-content-sha256', 'ContentSha256') !== sha256(request.body))
    throw mismatch('x-acs-content-sha256 is not that of the body');
  const text = stringToSign(request, signedHeaders);
  const expected = sign(text, key.secret.reveal());
  if (!timingSafeEqual(Buffer.from(expected, 'hex'), Buffer.from(signature, 'hex')))
    throw mismatch(`the string to sign is ${text.replace('\n', '\\n')}`);
}

function checkSecurityToken({ headers }: WireRequest, { securityToken }: AccessKey): void {
  const given = headers['x-acs-security-token'];
  if (given === undefined && securityToken !== undefined) throw missing('SecurityToken');
  if (given !== securityToken?.reveal())
    throw new Refusal(
      400,
      'InvalidSecurityToken.MismatchWithAccessKey',
      'Specified SecurityToken mismatch with the AccessKey.',
    );
}

function mandatory({ headers }: WireRequest, name: string, parameter: string): string {
  const value = headers[name];
  if (value === undefined) throw missing(parameter);
  return value;
}

function olderSignature(): Refusal {
  return new Refusal(
    400,
    'InvalidParameter.SignatureMethod',
    'Signatures in parameters, such as HMAC-SHA1, are not supported: sign with ACS3-HMAC-SHA256 in the Authorization header.',
  );
}

function incomplete(why: string): Refusal {
  return new Refusal(
    400,
    'IncompleteSignature',
    `The request signature does not conform to Alibaba Cloud standards: ${why}.`,
  );
}

function mismatch(why: string): Refusal {
  return new Refusal(400, 'SignatureDoesNotMatch', `Specified signature is not matched with our calculation: ${why}.`);
}
