/**
 * Makes a certificate that vouches for itself. Loaded only where one is needed.
 *
 * @module
 */

import 'reflect-metadata'; // @peculiar/x509 needs it loaded first
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';
import type { Identity } from './certificate.ts';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
/** Milliseconds; no process lives longer. */
const year = 365 * 24 * 3600 * 1000;

/** A new key, and its certificate for `host`, valid for a year from now. */
export async function makeSelfSigned(host: string): Promise<Identity> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const now = Date.now();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=ramify-metrics',
    keys,
    notBefore: new Date(now - 60_000),
    notAfter: new Date(now + year),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([{ type: isIP(host) === 0 ? 'dns' : 'ip', value: host }]),
    ],
  });
  const key = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { cert: certificate.toString('pem'), key: x509.PemConverter.encode(key, 'PRIVATE KEY') };
}
