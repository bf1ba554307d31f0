/**
 * Throw-away certificates of one control plane: its authority, the API server's and the administrator's.
 *
 * @module
 */
import 'reflect-metadata'; // @peculiar/x509 needs it loaded first
import { generateKeyPairSync, type webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

/** A certificate with its private key, both PEM. */
export interface Identity {
  readonly certificate: string;
  readonly key: string;
}

/** What one control plane needs to know itself and its administrator. All PEM, valid for a week. */
export interface Certificates {
  /** The certificate that both sides trust. */
  readonly authority: string;
  readonly server: Identity;
  /** In the group `system:masters`, which RBAC lets do everything. */
  readonly admin: Identity;
  /** Signs service-account tokens. */
  readonly serviceAccountKey: string;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const weekMilliseconds = 7 * 24 * 3600 * 1000;

const serverNames = [
  { type: 'ip', value: '127.0.0.1' },
  { type: 'dns', value: 'localhost' },
  { type: 'dns', value: 'kubernetes.default.svc' },
] as const;

/** Makes a new authority and everything it signs. */
export async function makeCertificates(): Promise<Certificates> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=ramify test authority',
    keys,
    ...validity(),
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
    ],
  });
  const issue = (subject: string, extensions: x509.Extension[]) =>
    issueIdentity({ issuer: authority.subject, signingKey: keys.privateKey, subject, extensions });
  return {
    authority: authority.toString('pem'),
    server: await issue('CN=kube-apiserver', [
      new x509.SubjectAlternativeNameExtension([...serverNames]),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
    ]),
    admin: await issue('O=system:masters,CN=admin', [
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
    ]),
    serviceAccountKey: generateKeyPairSync('ec', { namedCurve: 'P-256' })
      .privateKey.export({ type: 'sec1', format: 'pem' })
      .toString(),
  };
}

interface Issue {
  readonly issuer: string;
  readonly signingKey: webcrypto.CryptoKey;
  readonly subject: string;
  readonly extensions: x509.Extension[];
}

async function issueIdentity(issue: Issue): Promise<Identity> {
  const { publicKey, privateKey } = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.create({ ...issue, ...validity(), publicKey });
  const key = await crypto.subtle.exportKey('pkcs8', privateKey);
  return { certificate: certificate.toString('pem'), key: x509.PemConverter.encode(key, 'PRIVATE KEY') };
}

/** From a minute ago, so that clocks that disagree a little do not matter. */
function validity() {
  const now = Date.now();
  return { notBefore: new Date(now - 60_000), notAfter: new Date(now + weekMilliseconds) };
}
