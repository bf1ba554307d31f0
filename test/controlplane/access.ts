/**
 * How a cluster is reached as its administrator: the same for a control plane of ours and for an existing cluster.
 *
 * @module
 */
import { execFile } from 'node:child_process';
import type { RequestOptions } from 'node:https';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findBinaries } from './binaries.ts';
import { ownCRDs } from './crds.ts';
import { machine } from './obtain.ts';

/** All that it takes to talk to a cluster. Plain data: it crosses from the test runner to each test's process. */
export interface ClusterAccess {
  /** Path of the administrator's kubeconfig. */
  readonly kubeconfig: string;
  /** `https://HOST:PORT`. */
  readonly url: string;
  /** Path of the audit log, one JSON event a line; only of a control plane of ours, and only where asked for. */
  readonly auditLog?: string;
  /** Path of kubectl. */
  readonly kubectl: string;
  /** Whether garbage collection, namespace deletion and default service accounts work. */
  readonly controllerManager: boolean;
  /** The authority to trust and the client's certificate and key, each PEM, as far as the cluster uses them. */
  readonly tls: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  /** Request headers that authenticate, where the kubeconfig has a token. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The cluster of the current kubeconfig, with our CRDs applied. Anything that a kubeconfig can say is understood. */
export async function existingCluster(): Promise<ClusterAccess> {
  const kubectl = findBinaries(machine).kubectl ?? 'kubectl';
  const kubeconfig = machine.env['KUBECONFIG'] ?? join(machine.home, '.kube', 'config');
  const crds = ownCRDs().flatMap((crd) => ['--filename', crd]);
  if (crds.length > 0)
    await promisify(execFile)(kubectl, ['--kubeconfig', kubeconfig, 'apply', '--server-side', ...crds]);
  return { kubectl, controllerManager: true, ...(await clusterBy(kubeconfig)) };
}

/** How the cluster of a kubeconfig is reached. */
export async function clusterBy(path: string): Promise<Pick<ClusterAccess, 'kubeconfig' | 'url' | 'tls' | 'headers'>> {
  const { KubeConfig } = await import('@kubernetes/client-node'); // half a second that only this needs
  const config = new KubeConfig();
  config.loadFromFile(path);
  const url = config.getCurrentCluster()?.server;
  if (url === undefined) throw new Error(`${path} has no current cluster`);
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  const { ca, cert, key, headers } = options;
  return {
    kubeconfig: path,
    url,
    tls: { ...pem('ca', ca), ...pem('cert', cert), ...pem('key', key) },
    headers: Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name, String(value)])),
  };
}

/** client-node gives each as the bytes of a file or of the kubeconfig's base64. */
function pem<Name extends string>(name: Name, value: unknown): { [name in Name]?: string } {
  return Buffer.isBuffer(value) || typeof value === 'string'
    ? ({ [name]: value.toString() } as { [name in Name]: string })
    : {};
}
