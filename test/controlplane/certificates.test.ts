/**
 * That the certificates are what a TLS client and the API server look for.
 *
 * @module
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { expect, it } from 'vitest';
import { type Identity, makeCertificates } from './certificates.ts';

const certificates = await makeCertificates();
const authority = new X509Certificate(certificates.authority);

it('the authority may sign certificates', () => {
  expect(authority.ca).toBe(true);
  expect(authority.checkIssued(authority)).toBe(true);
});

it.each<[string, Identity]>([
  ['server', certificates.server],
  ['administrator', certificates.admin],
])("the %s's certificate is signed by the authority, and fits its key", (_, { certificate, key }) => {
  const parsed = new X509Certificate(certificate);
  expect(parsed.verify(authority.publicKey)).toBe(true);
  expect(parsed.checkPrivateKey(createPrivateKey(key))).toBe(true);
});

it('the server is known by its address and its names, and by no other', () => {
  const server = new X509Certificate(certificates.server.certificate);
  expect(server.checkIP('127.0.0.1')).toBe('127.0.0.1');
  expect(server.checkHost('localhost')).toBe('localhost');
  expect(server.checkHost('example.com')).toBeUndefined();
});

it('the administrator is in the group that may do everything', () => {
  const { subject } = new X509Certificate(certificates.admin.certificate);
  expect(subject.split('\n').toSorted()).toEqual(['CN=admin', 'O=system:masters']);
});

it('all of it is valid now and for a week', () => {
  const week = 7 * 24 * 3600 * 1000;
  expect(authority.validFromDate.getTime()).toBeLessThan(Date.now());
  expect(authority.validToDate.getTime() - Date.now()).toBeGreaterThan(week - 60_000);
  expect(authority.validToDate.getTime() - Date.now()).toBeLessThanOrEqual(week);
});

it('every control plane has its own', async () => {
  const others = await makeCertificates();
  expect(new X509Certificate(others.admin.certificate).verify(authority.publicKey)).toBe(false);
});
