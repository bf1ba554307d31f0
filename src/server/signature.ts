/**
 * The signature ACS3-HMAC-SHA256: what of a request it covers, and how it is made.
 *
 * @module
 */

import { createHash, createHmac } from 'node:crypto';
import { queryOf, type WireRequest } from './request.ts';

const algorithm = 'ACS3-HMAC-SHA256';

/** What the `Authorization` header of a signed request says. */
export interface Authorization {
  readonly accessKeyID: string;
  /** Names of the headers that the signature covers, in lower case. */
  readonly signedHeaders: readonly string[];
  /** In hexadecimal. */
  readonly signature: string;
}

const header = new RegExp(
  `^${algorithm} +Credential=(?<id>[^,\\s]{1,128}), *SignedHeaders=(?<names>[^,\\s]*), *Signature=(?<signature>[0-9a-f]{64})$`,
);

/** Reads the header; `undefined` if it is not in the form of this signature. */
export function readAuthorization(text: string): Authorization | undefined {
  const { id, names, signature } = header.exec(text)?.groups ?? {};
  if (id === undefined || names === undefined || signature === undefined) return undefined;
  return { accessKeyID: id, signedHeaders: names.split(';'), signature };
}

/** The text that is signed for a request to `/`: it stands for method, query, the named headers and the body. */
export function stringToSign(request: WireRequest, signedHeaders: readonly string[]): string {
  return `${algorithm}\n${sha256(canonical(request, signedHeaders))}`;
}

/** The signature of a text, in hexadecimal. */
export function sign(text: string, accessKeySecret: string): string {
  return createHmac('sha256', accessKeySecret).update(text).digest('hex');
}

/** The digest of a body or a text, in hexadecimal. */
export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** One spelling for every way to write the same request. */
function canonical({ method, target, headers, body }: WireRequest, signedHeaders: readonly string[]): string {
  const query = [...queryOf(target)]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`);
  const names = signedHeaders.toSorted();
  const lines = names.map((name) => `${name}:${(headers[name] ?? '').trim()}\n`);
  return [method, '/', query.join('&'), lines.join(''), names.join(';'), sha256(body)].join('\n');
}

/** RFC 3986 §2.3: everything but unreserved characters; `encodeURIComponent` leaves a few more. */
function encoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
