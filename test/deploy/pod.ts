/**
 * The controller as the pod of an overlay runs it: its ServiceAccount's token, its flags, its variables; but as a process.
 *
 * @module
 */

import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import type { ClusterAccess } from '../controlplane/access.ts';
import type { Cluster } from '../support/cluster.ts';
import { type ControllerProcess, startController } from '../support/controller-process.ts';
import { deploymentOf, type Manifest } from './manifests.ts';

/** The namespace of `deploy/base`. */
const systemNamespace = 'ramify-system';

/** The user name of its controller in the API server's eyes. */
export const username = `system:serviceaccount:${systemNamespace}:ramify-controller`;

/** The way to the cluster of a ServiceAccount, by its token alone, of an hour as in the pod; in a folder that goes with the file. */
export async function accessOf(
  { access, request }: Cluster,
  name = 'ramify-controller',
  namespace = systemNamespace,
): Promise<ClusterAccess> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
  const { status, body } = await request<{ status: { token: string } }>('POST', path, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: 3600 },
  });
  if (status !== 201) throw new Error(`no token: ${JSON.stringify(body)}`);
  const { token } = body.status;
  const { url, tls } = access;
  const file = join(folder(), 'kubeconfig');
  writeFileSync(file, kubeconfig({ url, ca: tls.ca ?? '', token, namespace }), { mode: 0o600 });
  const headers = { authorization: `Bearer ${token}` };
  return { ...access, kubeconfig: file, tls: { ...(tls.ca !== undefined && { ca: tls.ca }) }, headers };
}

const folders: string[] = [];

// Registered with the file: within a hook it would be too late.
afterAll(async () => {
  for (const path of folders) await rm(path, { recursive: true, force: true });
});

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'ramify-pod-'));
  folders.push(path);
  return path;
}

interface Login {
  readonly url: string;
  readonly ca: string;
  readonly token: string;
  readonly namespace: string;
}

function kubeconfig({ url, ca, token, namespace }: Login): string {
  const name = 'pod';
  const authority = Buffer.from(ca).toString('base64');
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server: url, 'certificate-authority-data': authority } }],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name, namespace } }],
    'current-context': name,
  });
}

/** Paths of the Deployment's volumes. */
const volumes = /\/var\/lib\/ramify\b|\/etc\/ramify\/store\b/;
/** Where it would listen another may. */
const port = /(?<=-address=.*):\d+$/;

/** Starts it as the overlay's Deployment says, and waits until it is ready. Its volumes are the folder of the kubeconfig. */
export async function startPod(
  manifests: readonly Manifest[],
  { kubeconfig: file }: ClusterAccess,
): Promise<ControllerProcess> {
  const [{ args }] = deploymentOf(manifests).spec.template.spec.containers;
  const key = join(dirname(file), 'key');
  if (!existsSync(key)) writeFileSync(key, `1:${randomBytes(32).toString('base64')}\n`, { mode: 0o400 });
  const flags = args.slice(1).map((flag) => flag.replace(volumes, dirname(file)).replace(port, ':0'));
  return startController({
    kubeconfig: file,
    // That it is a pod it cannot see.
    flags: [...flags, '--leader-elect'],
    env: { POD_NAMESPACE: systemNamespace },
  });
}
