/**
 * A real Kubernetes control plane for tests: etcd, kube-apiserver and kube-controller-manager on free loopback ports.
 *
 * It has what a cluster has except nodes: RBAC, admission, the garbage collector, namespaces that go. Any number run at
 * once, and none survives the process that started it (see `keeper.ts`).
 *
 * @module
 */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Agent, request } from 'undici';
import { eventually } from '../support/eventually.ts';
import type { ClusterAccess } from './access.ts';
import type { Binaries } from './binaries.ts';
import { type Certificates, makeCertificates } from './certificates.ts';
import { type Keep, keep } from './keep.ts';
import { kubeconfig } from './kubeconfig.ts';
import { obtainBinaries } from './obtain.ts';
import { apiServerArgs, apiServerURL, controllerManagerArgs, etcdArgs, etcdURL, type Site } from './servers.ts';

const run = promisify(execFile);

/** How much the audit log tells: who did what, or bodies too. */
export type AuditLevel = 'Metadata' | 'RequestResponse';

/** What may be asked of a control plane. */
export interface ControlPlaneOptions {
  /**
   * Folders or files of CRDs, applied and Established before the controller-manager starts: it sees what is installed
   * later only at its next discovery, up to 30 s after.
   */
  readonly crds?: readonly string[];
  /** Default true: it runs where it can be had (envtest's archives lack it). */
  readonly controllerManager?: boolean;
  /** Default none. */
  readonly auditLog?: AuditLevel;
}

/** A server of a control plane that a test may take away. */
export type Server = 'etcd' | 'kube-apiserver';

/** What is done with single servers of a control plane. */
export interface Servers {
  /** SIGKILL; returns when the process is gone. */
  kill(server: Server): Promise<void>;
  /** Starts one that was killed, with its data, and returns when it answers. */
  start(server: Server): Promise<void>;
}

/** A running control plane. */
export interface ControlPlane extends ClusterAccess {
  readonly servers: Servers;
  /** Ends it and removes every file of it. */
  stop(): Promise<void>;
}

const startMilliseconds = 120_000;
const startAttempts = 3;

/**
 * Starts a control plane and returns when it answers, usually after 3–4 s.
 *
 * @throws an error with the end of the log of the server that did not start, or that names every way to get the programs
 */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const binaries = await obtainBinaries();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnce(binaries, options);
    } catch (error) {
      // Another process may have taken a port between our look and the server's start.
      if (attempt === startAttempts || !String(error).includes('address already in use')) throw error;
    }
  }
}

async function startOnce(binaries: Binaries, options: ControlPlaneOptions): Promise<ControlPlane> {
  const kept = await keep();
  try {
    return await startIn(kept, binaries, options);
  } catch (error) {
    await kept.stop();
    throw error;
  }
}

async function startIn(kept: Keep, binaries: Binaries, options: ControlPlaneOptions): Promise<ControlPlane> {
  const [etcdPort, etcdPeerPort, apiServerPort] = await freePorts();
  const site = { folder: kept.folder, etcdPort, etcdPeerPort, apiServerPort };
  const certificates = await makeCertificates();
  await writeFiles(site, certificates, options);
  const plane = access(site, { binaries, certificates, options });

  const start = async (server: Server) => {
    const args = server === 'etcd' ? etcdArgs(site) : apiServerArgs(site, options.auditLog !== undefined);
    kept.start({ name: server, command: binaries[server], args });
    await (server === 'etcd' ? answers(kept, `${etcdURL(site)}/health`) : apiServerAnswers(kept, plane));
  };
  await start('etcd');
  await start('kube-apiserver');
  await installCRDs(plane, options.crds ?? []);
  const controllerManager = binaries['kube-controller-manager'];
  if (plane.controllerManager && controllerManager !== undefined)
    kept.start({ name: 'kube-controller-manager', command: controllerManager, args: controllerManagerArgs(site) });
  return { ...plane, stop: kept.stop, servers: { start, kill: kept.kill } };
}

interface Parts {
  readonly binaries: Binaries;
  readonly certificates: Certificates;
  readonly options: ControlPlaneOptions;
}

function access(site: Site, { binaries, certificates, options }: Parts): ClusterAccess {
  const { authority, admin } = certificates;
  return {
    kubeconfig: join(site.folder, 'kubeconfig'),
    url: apiServerURL(site),
    kubectl: binaries.kubectl,
    controllerManager: options.controllerManager !== false && binaries['kube-controller-manager'] !== undefined,
    tls: { ca: authority, cert: admin.certificate, key: admin.key },
    headers: {},
    ...(options.auditLog && { auditLog: join(site.folder, 'audit.log') }),
  };
}

/** Ports that were free a moment ago, all different. */
async function freePorts(): Promise<[number, number, number]> {
  const servers = [createServer(), createServer(), createServer()] as const;
  const [first, second, third] = servers;
  const ports: [number, number, number] = [await listen(first), await listen(second), await listen(third)];
  for (const server of servers) server.close();
  return ports;
}

async function listen(server: ReturnType<typeof createServer>): Promise<number> {
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return address.port;
}

async function writeFiles(site: Site, certificates: Certificates, { auditLog }: ControlPlaneOptions): Promise<void> {
  const files = {
    'authority.crt': certificates.authority,
    'server.crt': certificates.server.certificate,
    'server.key': certificates.server.key,
    'service-account.key': certificates.serviceAccountKey,
    kubeconfig: kubeconfig(apiServerURL(site), certificates),
    ...(auditLog && { 'audit-policy.json': JSON.stringify(auditPolicy(auditLog)), 'audit.log': '' }),
  };
  const written = Object.entries(files).map(([name, text]) =>
    writeFile(join(site.folder, name), text, { mode: 0o600 }),
  );
  await Promise.all(written);
}

/** One event per request, when it has been answered; not those of the control plane's own parts. */
function auditPolicy(level: AuditLevel) {
  return {
    apiVersion: 'audit.k8s.io/v1',
    kind: 'Policy',
    omitStages: ['RequestReceived'],
    rules: [
      { level: 'None', users: ['system:apiserver'] },
      { level: 'None', nonResourceURLs: ['/healthz*', '/readyz*', '/livez*', '/openapi*', '/version*'] },
      { level },
    ],
  };
}

async function answers(kept: Keep, url: string, dispatcher?: Agent): Promise<void> {
  const outcome = await eventually(async () => kept.failure() ?? (await isOK(url, dispatcher)), startMilliseconds);
  if (outcome !== true) throw outcome;
}

async function isOK(url: string, dispatcher?: Agent): Promise<boolean> {
  const answer = await request(url, dispatcher ? { dispatcher } : {});
  await answer.body.dump();
  return answer.statusCode === 200;
}

/** Ready, and the namespace `default` is there, which comes some 25 ms later. */
async function apiServerAnswers(kept: Keep, { url, tls }: ClusterAccess): Promise<void> {
  const dispatcher = new Agent({ connect: tls });
  await answers(kept, `${url}/readyz`, dispatcher);
  await answers(kept, `${url}/api/v1/namespaces/default`, dispatcher);
  await dispatcher.close();
}

async function installCRDs({ kubectl, kubeconfig: path }: ClusterAccess, crds: readonly string[]): Promise<void> {
  if (crds.length === 0) return;
  const files = crds.flatMap((crd) => ['--filename', crd]);
  await run(kubectl, ['--kubeconfig', path, 'apply', '--server-side', ...files]);
  await run(kubectl, ['--kubeconfig', path, 'wait', '--for=condition=Established', '--timeout=60s', ...files]);
}
