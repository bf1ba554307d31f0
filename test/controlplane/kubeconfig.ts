/**
 * The administrator's kubeconfig of a control plane of ours.
 *
 * @module
 */
import type { Certificates } from './certificates.ts';

/** A kubeconfig with everything in it, so that it can be copied. JSON is YAML. */
export function kubeconfig(server: string, { authority, admin }: Certificates): string {
  const name = 'ramify-test';
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server, 'certificate-authority-data': base64(authority) } }],
    users: [
      { name, user: { 'client-certificate-data': base64(admin.certificate), 'client-key-data': base64(admin.key) } },
    ],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  });
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
