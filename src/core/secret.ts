/**
 * Credentials → the Secret that pods mount.
 *
 * @module
 */

import { hash } from 'node:crypto';
import type { Resource } from './resource.ts';
import { writeBinding } from './resource.ts';
import { Sensitive } from './sensitive.ts';
import type { Desired, IssuedClientSecret, PreviousClientSecret, RegisteredApplication, StandardKey } from './state.ts';
import { toTimestamp } from './time.ts';

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
  /** ID of the client secret that it replaced, while that still works. */
  previousID: 'ramify.dev/previous-client-secret-id',
  /** When that one is revoked: with it a lost status loses nothing. */
  revokeAfter: 'ramify.dev/previous-revoke-after',
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

/** In place of a value that is not known yet: as long as one can be. */
export const standIn = new Sensitive('x'.repeat(64));

/** Expanded values of `secret.data`, in bytes, that one Secret may hold; the API server's limit is 1 MiB in all. */
export const longestExpansion = 512 * 1024;

/** Whose Secret it is. */
type Owner = Pick<Resource, 'name' | 'uid'>;

/** The client secret that was replaced, with its value where that is known. */
export interface ReplacedClientSecret extends PreviousClientSecret {
  readonly value?: Sensitive | undefined;
}

/**
 * The Secret that holds the credentials of `application`; `clientSecret` is absent where the application has none, and
 * `previous` while there is no overlap.
 */
export function secretManifest(
  desired: Desired,
  owner: Owner,
  application: Pick<RegisteredApplication, 'clientID'>,
  clientSecret: IssuedClientSecret | undefined,
  previous?: ReplacedClientSecret,
): SecretManifest {
  const { secret } = desired;
  const data = secretData(desired, application.clientID, clientSecret?.value, previous?.value);
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
      ...(previous && {
        [secretMarks.previousID]: previous.id,
        [secretMarks.revokeAfter]: toTimestamp(previous.revokeAfter),
      }),
      [secretMarks.uid]: owner.uid,
      [secretMarks.binding]: writeBinding(desired.binding),
      [secretMarks.keys]: namesOf(data),
      [secretMarks.labels]: namesOf(secret.labels),
      [secretMarks.annotations]: namesOf(secret.annotations),
      [secretMarks.content]: contentDigest(desired, owner, application.clientID, clientSecret?.id, previous),
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
  previous?: PreviousClientSecret,
): string {
  const texts = standardTexts(desired, clientID);
  const { labels, annotations, keys, previousKey, data } = desired.secret;
  const fields = [{ ...desired.binding }, texts, labels, annotations, keys, data].map(inOrder);
  const overlap = previous && { id: previous.id, until: toTimestamp(previous.revokeAfter), key: previousKey };
  const content = [owner.uid, ...fields, clientSecretID ?? '', ...(overlap ? [overlap] : [])];
  return hash('sha256', JSON.stringify(content)).slice(0, 32);
}

/** How many bytes the user's further keys have once they are expanded with a client secret of 64 characters. */
export function expandedSize(desired: Desired, clientID: string): number {
  if (Object.keys(desired.secret.data).length === 0) return 0;
  const values = valuesOf(desired, clientID, standIn, standIn);
  const texts = Object.values(desired.secret.data).map((text) => expand(text, values));
  return texts.reduce((size, text) => size + Buffer.byteLength(text), 0);
}

/** Text by the name of the value, as in `secret.keys` and in placeholders. */
type Values = ReadonlyMap<string, string>;

function secretData(
  desired: Desired,
  clientID: string,
  value: Sensitive | undefined,
  previous: Sensitive | undefined,
): SecretManifest['data'] {
  const { keys, previousKey, data } = desired.secret;
  const values = valuesOf(desired, clientID, value, previous);
  const named = { ...keys, ...(previousKey !== undefined && { previousClientSecret: previousKey }) };
  const standard = Object.entries(named).map(([name, key]) => [key, values.get(name)] as const);
  const further = Object.entries(data).map(([key, text]) => [key, expand(text, values)] as const);
  const known = [...standard, ...further].flatMap(([key, text]) =>
    text === undefined ? [] : [[key, base64(text)] as const],
  );
  return Object.fromEntries<Sensitive>(known);
}

function valuesOf(
  desired: Desired,
  clientID: string,
  clientSecret: Sensitive | undefined,
  previousClientSecret: Sensitive | undefined,
): Values {
  const texts = new Map(Object.entries(standardTexts(desired, clientID)));
  for (const [name, value] of Object.entries({ clientSecret, previousClientSecret }))
    if (value !== undefined) texts.set(name, value.reveal());
  return texts;
}

/** Whether the Secret is to hold the value of the client secret that was replaced. */
export function showsPrevious({ secret: { previousKey, data } }: Desired): boolean {
  return previousKey !== undefined || Object.values(data).some((text) => text.includes('$(previousClientSecret)'));
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
