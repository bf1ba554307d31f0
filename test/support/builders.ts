/**
 * Builders: each gives a valid, settled value, so that a test states only what it is about.
 *
 * @module
 */

import type { OAuthApplicationSpec, OAuthApplicationStatus } from '../../src/api/application.ts';
import { parseApplicationSpec } from '../../src/api/parse.ts';
import { desiredOf, type RegistrySettings } from '../../src/core/desired.ts';
import { digestOf } from '../../src/core/differences.ts';
import { endpointsOf } from '../../src/core/endpoints.ts';
import type { Observed } from '../../src/core/observed.ts';
import { finalizer, marks, type Resource, writeBinding, writeOperation } from '../../src/core/resource.ts';
import { secretManifest } from '../../src/core/secret.ts';
import { Sensitive } from '../../src/core/sensitive.ts';
import type {
  Application,
  Binding,
  Desired,
  IssuedClientSecret,
  ObservedSecret,
  Operation,
  OwnerReference,
  RegisteredApplication,
} from '../../src/core/state.ts';

/** When all tests happen: 2026-01-01T00:00:00Z. */
export const t0 = Date.UTC(2026, 0, 1);

/** The identity of the resource in every test that needs only one. */
export const uid = '11111111-1111-4111-8111-111111111111';

type Fields = Readonly<Record<string, unknown>>;

/** The spec of a Web application as a user writes it. */
export function writtenSpec(changes: Fields = {}): Fields {
  const written = { displayName: 'Shop', type: 'Web', redirectURIs: ['https://shop.example/cb'], ...changes };
  return Object.fromEntries(Object.entries(written).filter(([, value]) => value !== undefined));
}

/** The shortest valid spec of each type. */
export const specOf = {
  Web: writtenSpec(),
  Native: writtenSpec({ type: 'Native' }),
  Server: writtenSpec({ type: 'Server', redirectURIs: undefined }),
} as const;

/** The same spec as it is read, schema defaults applied. */
export function spec(changes: Fields = {}): OAuthApplicationSpec {
  const parsed = parseApplicationSpec(writtenSpec(changes));
  if (parsed.ok) return parsed.value;
  throw new Error(parsed.issues.map(({ path, message }) => `${path}: ${message}`).join('; '));
}

/** A resource that nobody has looked at yet. */
export function resource(changes: Partial<Resource> = {}): Resource {
  return {
    namespace: 'team-a',
    name: 'shop',
    uid,
    resourceVersion: '1',
    generation: 1,
    creationTime: t0 - 3_600_000,
    deletionTime: undefined,
    finalizers: [],
    annotations: {},
    spec: writtenSpec(),
    status: status(),
    ...changes,
  };
}

export function status(changes: Partial<OAuthApplicationStatus> = {}): OAuthApplicationStatus {
  return { observedGeneration: -1, ...changes };
}

export function registry(changes: Partial<RegistrySettings> = {}): RegistrySettings {
  return {
    name: 'default',
    accountID: '1000000000000001',
    applicationNamePrefix: undefined,
    endpoints: endpointsOf('https://login.example'),
    resyncInterval: 120,
    consistencyWindow: 0,
    ...changes,
  };
}

/** What the resource `shop` asks for with this spec. */
export function desired(changes: Fields = {}): Desired {
  return desiredOf(spec(changes), resource(), registry());
}

/** The application as the registry holds it when it is as `wanted`. */
export function registered(
  changes: Partial<RegisteredApplication> = {},
  wanted: Desired = desired(),
): RegisteredApplication {
  return { ...wanted.application, id: 'app-1', clientID: 'client-1', createTime: t0, ...changes };
}

/** An application of somebody else's under the derived name of the resource `shop`. */
export const stranger: Application = { ...desired().application, displayName: 'Stranger' };

export function issued(id: string, createTime = t0): IssuedClientSecret {
  return { id, createTime, value: new Sensitive(`value-of-${id}`) };
}

export function binding(changes: Partial<Binding> = {}): Binding {
  return { ...desired().binding, ...changes };
}

export function operation(changes: Partial<Operation> = {}): Operation {
  return {
    id: 'operation-1',
    uid,
    kind: 'CreateApplication',
    startTime: t0,
    knownClientSecretIDs: [],
    sent: digestOf(desired().application),
    ...changes,
  };
}

/** Finalizer, binding and intent, as the first write leaves them. */
export function held(
  open?: Operation,
  bound: Binding | undefined = binding(),
): Pick<Resource, 'finalizers' | 'annotations'> {
  return {
    finalizers: [finalizer],
    annotations: {
      ...(bound && { [marks.binding]: writeBinding(bound) }),
      ...(open && { [marks.operation]: writeOperation(open) }),
    },
  };
}

/** The reference by which the garbage collector takes a Secret along with the resource of that UID. */
export function owner(ownerUID: string): OwnerReference {
  return { apiVersion: 'ramify.dev/v1alpha1', kind: 'OAuthApplication', name: 'shop', uid: ownerUID, controller: true };
}

/** The Secret as we wrote it for `wanted`. */
export function secret(
  changes: Partial<ObservedSecret> = {},
  wanted: Desired = desired(),
  clientSecret: IssuedClientSecret | undefined = wanted.application.secretRequired ? issued('s1') : undefined,
): ObservedSecret {
  const manifest = secretManifest(wanted, { name: 'shop', uid }, { clientID: 'client-1' }, clientSecret);
  const { owned, ...content } = manifest;
  const ownerReferences = owned ? [owner(uid)] : [];
  return {
    uid: 'secret-uid',
    resourceVersion: '7',
    ownerReferences,
    type: 'Opaque',
    immutable: false,
    ...content,
    ...changes,
  };
}

/** A Secret of somebody else's. */
export function foreignSecret(changes: Partial<ObservedSecret> = {}): ObservedSecret {
  const data = { password: new Sensitive('c2VjcmV0') };
  return secret({ labels: {}, annotations: {}, ownerReferences: [], data, ...changes });
}

/** What is found of a resource at rest. */
export function settled(changes: Partial<Observed> = {}, wanted: Desired = desired()): Observed {
  const value = wanted.application.secretRequired ? issued('s1') : undefined;
  const facts = {
    applicationID: 'app-1',
    provenance: 'Created' as const,
    secretRef: { name: wanted.secret.name, resourceVersion: '7' },
  };
  return {
    resource: resource({ ...held(undefined, wanted.binding), status: status(facts) }),
    time: t0,
    application: registered({}, wanted),
    provenance: 'Created',
    clientSecrets: value ? [{ id: value.id, createTime: value.createTime }] : [],
    value,
    secret: secret({}, wanted),
    renamedSecrets: [],
    rival: undefined,
    ...changes,
  };
}

/** What is found of a resource that nobody has looked at yet. */
export function untouched(changes: Partial<Observed> = {}): Observed {
  return settled({
    resource: resource(),
    application: undefined,
    clientSecrets: [],
    value: undefined,
    secret: undefined,
    ...changes,
  });
}
