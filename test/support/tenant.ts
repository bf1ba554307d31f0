/**
 * A namespace as the team that works in it sees it: its OAuthApplications, its Secrets, its events.
 *
 * @module
 */

import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';
import type { Condition, OAuthApplicationStatus } from '../../src/api/application.ts';
import type { Cluster } from './cluster.ts';
import { eventually } from './eventually.ts';

interface Metadata {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation: number;
  readonly deletionTimestamp?: string;
  readonly finalizers?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly { readonly uid: string }[];
}

/** An OAuthApplication as the API server gives it. */
export interface ApplicationObject {
  readonly metadata: Metadata;
  readonly spec: Readonly<Record<string, unknown>>;
  readonly status: OAuthApplicationStatus;
}

/** A Secret, likewise. */
export interface SecretObject {
  readonly metadata: Metadata;
  readonly type: string;
  readonly immutable?: boolean;
  /** Base64. */
  readonly data?: Readonly<Record<string, string>>;
}

type Fields = Readonly<Record<string, unknown>>;

/** What a team does in its namespace. */
export interface Tenant {
  readonly namespace: string;
  /** kubectl, in this namespace. */
  kubectl(...args: string[]): Promise<string>;
  /** Applies an OAuthApplication; a Web one of version 2.0 where `spec` does not say otherwise. */
  apply(name: string, spec?: Fields): Promise<void>;
  /** Applies, and waits until it is Ready in the generation that was applied. */
  applyReady(name: string, spec?: Fields): Promise<ApplicationObject>;
  /** `undefined` if there is none. */
  application(name: string): Promise<ApplicationObject | undefined>;
  /** Waits until the resource is as `is` wants it. */
  until(name: string, is: (object: ApplicationObject) => boolean, within?: number): Promise<ApplicationObject>;
  /** Waits until the conditions are of the generation that is there and `Ready` bears the reason. */
  reason(name: string, reason: string, within?: number): Promise<ApplicationObject>;
  secret(name: string): Promise<SecretObject | undefined>;
  /** Waits until the object is gone. */
  gone(kind: 'oauthapplications' | 'secrets', name: string): Promise<void>;
  /** A merge patch. */
  patch(kind: 'oauthapplications' | 'secrets', name: string, patch: object): Promise<void>;
  delete(kind: 'oauthapplications' | 'secrets', name: string): Promise<void>;
  /** Waits until these, and no others, are the events of the resource, oldest first: `Type Reason Action`. */
  told(name: string, events: readonly string[]): Promise<void>;
}

/** A manifest of an OAuthApplication. */
export function manifest(name: string, spec: Fields = {}): object {
  return {
    apiVersion: 'ramify.dev/v1alpha1',
    kind: 'OAuthApplication',
    metadata: { name },
    spec: { displayName: 'Shop', type: 'Web', redirectURIs: ['https://shop.example.com/callback'], ...spec },
  };
}

/** The condition of that type. */
export function condition({ status }: ApplicationObject, type: string): Condition | undefined {
  return status.conditions?.find((each) => each.type === type);
}

/** The values of a Secret, decoded. */
export function values({ data = {} }: SecretObject): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
  );
}

/** All of a Secret that is not the API server's own: what "every byte" means. */
export function bytes({ metadata, type, data, immutable }: SecretObject): object {
  const { labels, annotations } = metadata;
  return { labels, annotations, type, data, immutable };
}

/** What `kubectl apply --server-side --force-conflicts` asks for; a kubectl for each would cost more than what is tested. */
const serverSide = 'fieldManager=team&force=true&fieldValidation=Strict';
const applyPatch = 'application/apply-patch+yaml';

/** A namespace of its own, deleted after the file's last test. */
export async function newTenant(cluster: Cluster): Promise<Tenant> {
  return tenantOf(cluster, await cluster.testNamespace());
}

/** A namespace that is there already. */
export function tenantOf(cluster: Cluster, namespace: string): Tenant {
  const kubectl = (...args: string[]) => cluster.kubectl('--namespace', namespace, ...args);
  const pathOf = (kind: string, name: string) =>
    `${kind === 'secrets' ? '/api/v1' : '/apis/ramify.dev/v1alpha1'}/namespaces/${namespace}/${kind}/${name}`;
  const read = async <T>(kind: string, name: string): Promise<T | undefined> => {
    const { status, body } = await cluster.request<T>('GET', pathOf(kind, name));
    return status === 404 ? undefined : body;
  };
  const succeed = async (...[method, path, body, type]: Parameters<Cluster['request']>) => {
    const answer = await cluster.request(method, path, body, type);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
  };
  const tenant: Tenant = {
    namespace,
    kubectl,
    apply: (name, spec) =>
      succeed('PATCH', `${pathOf('oauthapplications', name)}?${serverSide}`, manifest(name, spec), applyPatch),
    applyReady: async (name, spec) => {
      await tenant.apply(name, spec);
      return tenant.reason(name, 'Succeeded');
    },
    application: (name) => read('oauthapplications', name),
    until: (name, is, within) =>
      eventually(async () => {
        const object = await tenant.application(name);
        if (object !== undefined && is(object)) return object;
        throw new Error(`not so: ${JSON.stringify(object ?? 'there is no such resource')}`);
      }, within),
    reason: (name, reason, within) => eventually(async () => bearing(reason, await tenant.application(name)), within),
    secret: (name) => read('secrets', name),
    gone: async (kind, name) => {
      await eventually(async () => (await read(kind, name)) === undefined);
    },
    patch: (kind, name, patch) => succeed('PATCH', pathOf(kind, name), patch, 'application/merge-patch+json'),
    delete: (kind, name) => succeed('DELETE', pathOf(kind, name)),
    told: async (name, events) => {
      const told = () => eventsOf(cluster, namespace, name);
      await eventually(async () => isDeepStrictEqual(await told(), events)).catch(async () => {
        expect(await told()).toEqual(events);
      });
    },
  };
  return tenant;
}

function bearing(reason: string, object: ApplicationObject | undefined): ApplicationObject {
  const ready = object && condition(object, 'Ready');
  if (ready?.reason === reason && ready.observedGeneration === object?.metadata.generation && object !== undefined)
    return object;
  throw new Error(`not ${reason}: ${JSON.stringify(object?.status ?? 'there is no such resource')}`);
}

interface EventList {
  readonly items: readonly {
    readonly type: string;
    readonly reason: string;
    readonly action: string;
    readonly eventTime: string;
    readonly regarding: { readonly kind: string; readonly name: string };
  }[];
}

async function eventsOf(cluster: Cluster, namespace: string, name: string): Promise<string[]> {
  const { body } = await cluster.request<EventList>('GET', `/apis/events.k8s.io/v1/namespaces/${namespace}/events`);
  return body.items
    .filter(({ regarding }) => regarding.kind === 'OAuthApplication' && regarding.name === name)
    .toSorted((a, b) => (a.eventTime < b.eventTime ? -1 : 1))
    .map(({ type, reason, action }) => `${type} ${reason} ${action}`);
}
