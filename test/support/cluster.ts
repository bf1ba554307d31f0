/**
 * A test's way to an API server: the one that all integration tests share, or one of its own.
 *
 * @module
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { Agent, type Dispatcher, request } from 'undici';
import { afterAll, inject } from 'vitest';
import type { ClusterAccess } from '../controlplane/access.ts';
import { type ControlPlaneOptions, type Servers, startControlPlane } from '../controlplane/controlplane.ts';

/** An answer of the API server. `T` is what the test expects its JSON to be; nothing checks that it is. */
export interface Answer<T> {
  readonly status: number;
  readonly body: T;
}

/** A request that was answered, as the audit log has it (audit.k8s.io/v1, the part that tests look at). */
export interface AuditEvent {
  readonly verb: string;
  readonly requestURI: string;
  readonly user: { readonly username: string };
  readonly userAgent?: string;
  readonly objectRef?: {
    readonly apiGroup?: string;
    readonly resource?: string;
    readonly namespace?: string;
    readonly name?: string;
    readonly subresource?: string;
  };
  readonly responseStatus?: { readonly code?: number };
  readonly requestReceivedTimestamp: string;
  readonly stageTimestamp?: string;
  /** At the level RequestResponse alone. */
  readonly responseObject?: { readonly metadata?: { readonly resourceVersion?: string } };
}

/** A cluster, and what tests do with it as its administrator. */
export interface Cluster {
  /** For what starts a client of its own: kubeconfig, address, credentials. */
  readonly access: ClusterAccess;
  /** Runs the real kubectl and returns what it printed. Throws with its standard error where it fails. */
  kubectl(...args: string[]): Promise<string>;
  /** `kubectl apply` of YAML (or JSON), further arguments after it. */
  apply(manifest: string, ...args: string[]): Promise<string>;
  /** One request, any method and path. A body that is no string is sent as JSON. */
  request<T = unknown>(
    method: Dispatcher.HttpMethod,
    path: string,
    body?: unknown,
    contentType?: string,
  ): Promise<Answer<T>>;
  /** The events of the audit log so far that meet the condition, oldest first. Throws where there is no audit log. */
  auditEvents(where: (event: AuditEvent) => boolean): Promise<AuditEvent[]>;
  /** Creates a namespace with a name of its own and returns the name; it is deleted after the file's last test. */
  testNamespace(labels?: Readonly<Record<string, string>>): Promise<string>;
}

/** A cluster whose servers a test may also take away. */
export interface OwnCluster extends Cluster {
  readonly servers: Servers;
}

const closing: (() => Promise<unknown>)[] = [];

afterAll(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** The cluster that all integration tests share. It has the project's CRDs. */
export function sharedCluster(): Cluster {
  return open(inject('cluster'));
}

/** A control plane for this test file alone, for what would disturb others. It ends after the file's last test. */
export async function ownCluster(options: ControlPlaneOptions = {}): Promise<OwnCluster> {
  const { stop, servers, ...access } = await startControlPlane(options);
  closing.push(stop);
  return { ...open(access), servers };
}

/** A cluster as somebody else than its administrator sees it. */
export function clusterAs(access: ClusterAccess): Cluster {
  return open(access);
}

function open(access: ClusterAccess): Cluster {
  const dispatcher = new Agent({ connect: access.tls });
  closing.push(() => dispatcher.close());
  const cluster: Cluster = {
    access,
    kubectl: (...args) => runKubectl(access, args),
    apply: (manifest, ...args) => runKubectl(access, ['apply', '--filename=-', ...args], manifest),
    request: (method, path, body, contentType = 'application/json') =>
      ask(access, { dispatcher, method, path, body, contentType }),
    auditEvents: async (where) => (await readAuditLog(access)).filter(where),
    testNamespace: (labels = {}) => createNamespace(cluster, labels),
  };
  return cluster;
}

async function runKubectl(access: ClusterAccess, args: readonly string[], input = ''): Promise<string> {
  const running = promisify(execFile)(access.kubectl, ['--kubeconfig', access.kubeconfig, ...args], {
    maxBuffer: 64 * 1024 * 1024,
  });
  running.child.stdin?.end(input);
  return (await running).stdout;
}

interface Question {
  readonly dispatcher: Agent;
  readonly method: Dispatcher.HttpMethod;
  readonly path: string;
  readonly body: unknown;
  readonly contentType: string;
}

async function ask<T>({ url, headers }: ClusterAccess, question: Question): Promise<Answer<T>> {
  const { dispatcher, method, path, body, contentType } = question;
  const content = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const answer = await request(`${url}${path}`, {
    dispatcher,
    method,
    headers: { ...headers, 'content-type': contentType, accept: 'application/json' },
    ...(content !== undefined && { body: content }),
  });
  const text = await answer.body.text();
  const json = String(answer.headers['content-type']).startsWith('application/json');
  return { status: answer.statusCode, body: json ? JSON.parse(text) : text };
}

async function readAuditLog({ auditLog }: ClusterAccess): Promise<AuditEvent[]> {
  if (auditLog === undefined) throw new Error('this cluster has no audit log');
  const text = await readFile(auditLog, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1); // the last line may be half written
  return whole
    .split('\n')
    .filter(Boolean)
    .map((line): AuditEvent => JSON.parse(line));
}

async function createNamespace(cluster: Cluster, labels: Readonly<Record<string, string>>): Promise<string> {
  const manifest = { apiVersion: 'v1', kind: 'Namespace', metadata: { generateName: 'test-', labels } };
  const { status, body } = await cluster.request<{ metadata: { name: string } }>(
    'POST',
    '/api/v1/namespaces',
    manifest,
  );
  if (status !== 201) throw new Error(`the namespace was refused: ${JSON.stringify(body)}`);
  closing.push(() => cluster.request('DELETE', `/api/v1/namespaces/${body.metadata.name}`));
  return body.metadata.name;
}
