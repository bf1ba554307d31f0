/**
 * Credentials → the Secret that pods mount.
 *
 * @module
 */

import { hash } from 'node:crypto';
import type { Resource } from './resource.ts';
import { writeBinding } from './resource.ts';
import { Sensitive } from './sensitive.ts';
import type { Desired, IssuedClientSecret, RegisteredApplication, StandardKey } from './state.ts';

/** Labels of ours on a Secret: the first selects what is watched, the second says whose it is. */
export const secretLabels = {
  managedBy: 'app.kubernetes.io/managed-by',
  application: 'ramify.dev/application',
} as const;

/** The value of the managed-by label on every Secret of ours. */
export const manager = 'ramify';

/** Annotations of ours on a Secret. */
export const secretMarks = {
  /** UID of the resource: the proof that the Secret is ours. */
  uid: 'ramify.dev/application-uid',
  binding: 'ramify.dev/binding',
  /** ID of the client secret whose value is served. */
  clientSecretID: 'ramify.dev/client-secret-id',
  /** The data keys that are ours, joined by commas, so that a renamed key goes and a foreign one stays. */
  keys: 'ramify.dev/keys',
  /** The user's label keys that we wrote, for the same reason. */
  labels: 'ramify.dev/label-keys',
  /** The user's annotation keys, likewise. */
  annotations: 'ramify.dev/annotation-keys',
  /** Digest of everything that was written but the value of the client secret, whose ID stands for it. */
  content: 'ramify.dev/content-digest',
} as const;

/** The Secret as it is to be, with nothing of others in it. */
export interface SecretManifest {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Base64, by data key. */
  readonly data: Readonly<Record<string, Sensitive>>;
  /** Whether the garbage collector takes the Secret along with the resource. */
  readonly owned: boolean;
}

/** Expanded values of `secret.data`, in bytes, that one Secret may hold; the API server's limit is 1 MiB in all. */
export const longestExpansion = 512 * 1024;

/** Whose Secret it is. */
type Owner = Pick<Resource, 'name' | 'uid'>;

/** The Secret that holds the credentials of `application`; `clientSecret` is absent where the application has none. */
export function secretManifest(
  desired: Desired,
  owner: Owner,
  application: Pick<RegisteredApplication, 'clientID'>,
  clientSecret: IssuedClientSecret | undefined,
): SecretManifest {
  const { secret } = desired;
  const data = secretData(desired, application.clientID, clientSecret?.value);
  return {
    name: secret.name,
    labels: {
      ...secret.labels,
      [secretLabels.managedBy]: manager,
      [secretLabels.application]: owner.name,
    },
    annotations: {
      ...secret.annotations,
      ...(clientSecret && { [secretMarks.clientSecretID]: clientSecret.id }),
      [secretMarks.uid]: owner.uid,
      [secretMarks.binding]: writeBinding(desired.binding),
      [secretMarks.keys]: namesOf(data),
      [secretMarks.labels]: namesOf(secret.labels),
      [secretMarks.annotations]: namesOf(secret.annotations),
      [secretMarks.content]: contentDigest(desired, owner, application.clientID, clientSecret?.id),
    },
    data,
    owned: desired.deletionPolicy === 'Delete',
  };
}

function namesOf(named: object): string {
  return Object.keys(named).toSorted().join(',');
}

/** What identifies the content of a Secret without a look at its values: equal digests, equal Secrets of ours. */
export function contentDigest(
  desired: Desired,
  owner: Owner,
  clientID: string,
  clientSecretID: string | undefined,
): string {
  const texts = standardTexts(desired, clientID);
  const { labels, annotations, keys, data } = desired.secret;
  const fields = [{ ...desired.binding }, texts, labels, annotations, keys, data].map(inOrder);
  const content = [owner.uid, ...fields, clientSecretID ?? ''];
  return hash('sha256', JSON.stringify(content)).slice(0, 32);
}

/** How many bytes the user's further keys have once they are expanded with a client secret of 64 characters. */
export function expandedSize(desired: Desired, clientID: string): number {
  if (Object.keys(desired.secret.data).length === 0) return 0;
  const values = valuesOf(desired, clientID, new Sensitive('x'.repeat(64)));
  const texts = Object.values(desired.secret.data).map((text) => expand(text, values));
  return texts.reduce((size, text) => size + Buffer.byteLength(text), 0);
}

/** Text by the name of the value, as in `secret.keys` and in placeholders. */
type Values = ReadonlyMap<string, string>;

function secretData(desired: Desired, clientID: string, value: Sensitive | undefined): SecretManifest['data'] {
  const { keys, data } = desired.secret;
  const values = valuesOf(desired, clientID, value);
  const standard = Object.entries(keys).map(([name, key]) => [key, values.get(name)] as const);
  const further = Object.entries(data).map(([key, text]) => [key, expand(text, values)] as const);
  const known = [...standard, ...further].flatMap(([key, text]) =>
    text === undefined ? [] : [[key, base64(text)] as const],
  );
  return Object.fromEntries<Sensitive>(known);
}

function valuesOf(desired: Desired, clientID: string, value: Sensitive | undefined): Values {
  const texts = new Map(Object.entries(standardTexts(desired, clientID)));
  return value === undefined ? texts : texts.set('clientSecret', value.reveal());
}

function standardTexts({ application, endpoints }: Desired, clientID: string): Readonly<Record<string, string>> {
  const scopes = [...new Set(application.scopes)].toSorted().join(' ');
  return { clientID, ...endpoints, scopes, applicationName: application.name } satisfies Partial<
    Record<StandardKey, string>
  >;
}

/** `$(clientID)` → its value, `$$` → `$`, as in container environments; what has no value here becomes empty. */
function expand(text: string, values: Values): string {
  return text.replace(/\$\$|\$\(([A-Za-z]+)\)/g, (_found, name: string | undefined) =>
    name === undefined ? '$' : (values.get(name) ?? ''),
  );
}

function base64(text: string): Sensitive {
  return new Sensitive(Buffer.from(text, 'utf8').toString('base64'));
}

/** The fields in the order of their names, which is all that those who wrote them may differ in. */
function inOrder(fields: Readonly<Record<string, string>>): readonly (readonly [string, string | undefined])[] {
  return Object.keys(fields)
    .toSorted()
    .map((name) => [name, fields[name]]);
}
