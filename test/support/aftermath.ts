/**
 * What must be so after any fault: every application there once, every Secret with a client secret that the store accepts,
 * and nothing left over.
 *
 * @module
 */

import { Sensitive } from '../../src/core/sensitive.ts';
import type { RegisteredApplication } from '../../src/core/state.ts';
import type { StoreRegistry } from '../../src/registry/store/store.ts';
import type { Cluster } from './cluster.ts';
import { eventually } from './eventually.ts';
import { type ApplicationObject, condition, manifest, type SecretObject, values } from './tenant.ts';

/** Resources of a namespace: those with these names, and no others. */
export interface Crowd {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly names: readonly string[];
}

/** That many resources to be, in a namespace of their own. */
export async function newCrowd(cluster: Cluster, size: number): Promise<Crowd> {
  const names = Array.from({ length: size }, (_, n) => `app-${n}`);
  return { cluster, namespace: await cluster.testNamespace(), names };
}

/** Creates them as a client does that tries again until it has an answer. */
export async function createAll({ cluster, namespace, names }: Crowd): Promise<void> {
  const path = `/apis/ramify.dev/v1alpha1/namespaces/${namespace}/oauthapplications`;
  const create = async (name: string) => {
    const { status } = await cluster.request('POST', path, manifest(name));
    return status === 201 || status === 409;
  };
  const left = names.values();
  const work = async () => {
    for (const name of left) await eventually(() => create(name), 120_000);
  };
  await Promise.all(Array.from({ length: 8 }, work));
}

/** Waits until each is Ready; those that are not are named in the end, with what they wait for. */
export async function allReady(crowd: Crowd): Promise<void> {
  const isAll = async () => {
    const found = await applicationsOf(crowd);
    const waiting = found.flatMap(waitsFor);
    if (waiting.length > 0) throw new Error(waiting.join('\n'));
    return found.length === crowd.names.length;
  };
  await eventually(isAll, 180_000, 1_000);
}

/** What a resource that is not Ready says of itself. */
function waitsFor(object: ApplicationObject): readonly string[] {
  const ready = condition(object, 'Ready');
  return ready?.status === 'True' ? [] : [`${object.metadata.name}: ${ready?.reason} (${ready?.message})`];
}

/** The OAuthApplications of the namespace. */
export function applicationsOf({ cluster, namespace }: Crowd): Promise<readonly ApplicationObject[]> {
  return listed(cluster, `/apis/ramify.dev/v1alpha1/namespaces/${namespace}/oauthapplications`);
}

async function listed<T>(cluster: Cluster, path: string): Promise<readonly T[]> {
  const { body } = await cluster.request<{ items: readonly T[] }>('GET', path);
  return body.items;
}

/** What is not as it must be, each as a sentence; none: all is well. */
export async function discrepancies(
  { cluster, namespace, names }: Crowd,
  store: StoreRegistry,
): Promise<readonly string[]> {
  const path = `/api/v1/namespaces/${namespace}/secrets?labelSelector=app.kubernetes.io/managed-by=ramify`;
  const secrets = await listed<SecretObject>(cluster, path);
  const served = new Map(secrets.map((secret) => [`${namespace}.${secret.metadata.name}`, secret]));
  const held = (await store.list()).filter(({ name }) => name.startsWith(`${namespace}.`));
  const wanted = names.map((name) => `${namespace}.${name}`);
  const credentials = held.map((application) => credentialFaults(application, served.get(application.name), store));
  return [
    ...compared(
      'application',
      wanted,
      held.map(({ name }) => name),
    ),
    ...compared('Secret', wanted, [...served.keys()]),
    ...(await Promise.all(credentials)).flat(),
  ];
}

function compared(what: string, wanted: readonly string[], found: readonly string[]): readonly string[] {
  const [expected, there] = [new Set(wanted), new Set(found)];
  return [
    ...wanted.filter((name) => !there.has(name)).map((name) => `the ${what} ${name} is missing`),
    ...found.filter((name) => !expected.has(name)).map((name) => `the ${what} ${name} is left over`),
    ...(there.size === found.length ? [] : [`an ${what} is there twice`]),
  ];
}

async function credentialFaults(
  { id, clientID, name }: RegisteredApplication,
  secret: SecretObject | undefined,
  store: StoreRegistry,
): Promise<readonly string[]> {
  const { client_id: served, client_secret: value = '' } = secret ? values(secret) : {};
  const issued = (await store.clientSecrets(id)).length;
  return [
    ...(served === clientID ? [] : [`${name}: the Secret serves client ${served}, and not ${clientID}`]),
    ...(issued === 1 ? [] : [`${name} has ${issued} client secrets`]),
    ...((await store.accepts(clientID, new Sensitive(value))) ? [] : [`${name}: the client secret is not accepted`]),
  ];
}
