/**
 * The command lines of the control plane's three servers.
 *
 * @module
 */
import { join } from 'node:path';

/** Everything that the command lines are made of: one control plane's folder and its free loopback ports. */
export interface Site {
  /** Holds the files that `controlplane.ts` writes; data and logs go there too. */
  readonly folder: string;
  readonly etcdPort: number;
  readonly etcdPeerPort: number;
  readonly apiServerPort: number;
}

/** etcd's own address for its clients. */
export function etcdURL({ etcdPort }: Site): string {
  return `http://127.0.0.1:${etcdPort}`;
}

/** The API server's address. */
export function apiServerURL({ apiServerPort }: Site): string {
  return `https://127.0.0.1:${apiServerPort}`;
}

/** Arguments of etcd. The peer addresses are given so that two can run at once. */
export function etcdArgs(site: Site): string[] {
  const peer = `http://127.0.0.1:${site.etcdPeerPort}`;
  return [
    `--data-dir=${join(site.folder, 'etcd')}`,
    `--listen-client-urls=${etcdURL(site)}`,
    `--advertise-client-urls=${etcdURL(site)}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    '--unsafe-no-fsync=true', // the data is throw-away
  ];
}

/** Arguments of kube-apiserver: envtest's, and the two of ours at the end of the list. */
export function apiServerArgs(site: Site, audit: boolean): string[] {
  const { folder } = site;
  return [
    `--etcd-servers=${etcdURL(site)}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${site.apiServerPort}`,
    `--cert-dir=${folder}`,
    `--client-ca-file=${join(folder, 'authority.crt')}`,
    `--tls-cert-file=${join(folder, 'server.crt')}`,
    `--tls-private-key-file=${join(folder, 'server.key')}`,
    `--service-account-issuer=${apiServerURL(site)}/`,
    `--service-account-key-file=${join(folder, 'service-account.key')}`,
    `--service-account-signing-key-file=${join(folder, 'service-account.key')}`,
    '--service-cluster-ip-range=10.0.0.0/24',
    '--allow-privileged=true',
    '--authorization-mode=RBAC',
    '--disable-admission-plugins=ServiceAccount', // it would hold pods back; there are none
    '--enable-admission-plugins=OwnerReferencesPermissionEnforcement', // as OpenShift has it, so that RBAC is proven to suffice
    '--advertise-address=127.0.0.1',
    '--endpoint-reconciler-type=none', // else an error every 10 s: a loopback address may not be an endpoint
    ...(audit ? auditArgs(folder) : []),
  ];
}

function auditArgs(folder: string): string[] {
  return [
    `--audit-policy-file=${join(folder, 'audit-policy.json')}`,
    `--audit-log-path=${join(folder, 'audit.log')}`,
    '--audit-log-maxsize=10240', // MiB: never rotated
  ];
}

/** The controllers that tests rely on; the others would act on nodes and pods, which there are none of. */
const controllers = [
  'clusterrole-aggregation-controller',
  'garbage-collector-controller',
  'namespace-controller',
  'serviceaccount-controller',
  'validatingadmissionpolicy-status-controller',
];

/** Arguments of kube-controller-manager. */
export function controllerManagerArgs({ folder }: Site): string[] {
  return [
    `--kubeconfig=${join(folder, 'kubeconfig')}`,
    `--controllers=${controllers.join(',')}`,
    `--root-ca-file=${join(folder, 'authority.crt')}`,
    `--service-account-private-key-file=${join(folder, 'service-account.key')}`,
    '--leader-elect=false',
    '--secure-port=0',
    '--kube-api-qps=1000',
    '--kube-api-burst=2000',
  ];
}
