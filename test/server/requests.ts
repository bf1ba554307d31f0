/**
 * Requests as a client that has read the documentation sends them.
 *
 * @module
 */

import { randomBytes } from 'node:crypto';
import { Sensitive } from '../../src/core/sensitive.ts';
import type { AccessKey } from '../../src/server/authentication.ts';
import type { WireRequest } from '../../src/server/request.ts';
import { sha256, sign, stringToSign } from '../../src/server/signature.ts';

export const accessKey: AccessKey = { id: 'LTAIexample', secret: new Sensitive('secretexample') };

/** 2026-11-22T07:21:37Z */
export const now = 1_795_332_097_000;

/** What is out of the ordinary about a request. */
export interface Oddity {
  readonly method?: string;
  readonly target?: string;
  /** `undefined`: not sent. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string;
  /** Sent, and not signed. */
  readonly unsigned?: readonly string[];
  readonly secret?: string;
}

/** A request that is signed as it is. */
export function signed({
  method = 'POST',
  target = '/',
  headers,
  body = '',
  unsigned = [],
  secret,
}: Oddity): WireRequest {
  const given = {
    host: 'ims.example',
    'x-acs-version': '2019-08-15',
    'x-acs-date': '2026-11-22T07:21:37Z',
    'x-acs-signature-nonce': randomBytes(32).toString('hex'),
    'x-acs-content-sha256': sha256(body),
    ...headers,
  };
  const sent = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const request = { method, target, headers: sent, body: Buffer.from(body) };
  const names = Object.keys(sent).filter((name) => !unsigned.includes(name));
  const signature = sign(stringToSign(request, names), secret ?? accessKey.secret.reveal());
  const authorization = `ACS3-HMAC-SHA256 Credential=${accessKey.id},SignedHeaders=${names.join(';')},Signature=${signature}`;
  return { ...request, headers: { authorization, ...sent } };
}

/** A call of an action as most SDKs make it. */
export function called(action: string, parameters: Readonly<Record<string, string>> = {}, version = '2019-08-15') {
  const pairs = Object.entries(parameters).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  const target = pairs.length === 0 ? '/' : `/?${pairs.join('&')}`;
  return signed({ target, headers: { 'x-acs-action': action, 'x-acs-version': version } });
}
