/**
 * The Secret as it is to be, and how the one that was found stands to it.
 *
 * @module
 */

import { isOwn, isOwned, type Observed } from './observed.ts';
import { onceForEach } from './once.ts';
import { rotationOf } from './rotation.ts';
import {
  contentDigest,
  type ReplacedClientSecret,
  type SecretManifest,
  secretManifest,
  secretMarks,
  standIn,
} from './secret.ts';
import type { Desired, ObservedSecret, RegisteredApplication, SecretMetadata } from './state.ts';

/**
 * How the Secret stands to what is wanted.
 *
 * `proven`: it holds what it should. `replace`: it was made immutable. `unread`: only a look at its values can tell.
 */
export type SecretStanding = 'absent' | 'foreign' | 'unread' | 'proven' | 'differs' | 'replace';

/** The same for the same pass: a digest has to be made for it. */
export const secretStanding: (desired: Desired, observed: Observed) => SecretStanding = onceForEach(standingOf);

function standingOf(desired: Desired, observed: Observed): SecretStanding {
  const { secret, resource } = observed;
  if (secret === undefined) return 'absent';
  if (!isOwn(secret, observed)) return 'foreign';
  if (!('data' in secret)) return metadataStanding(desired, observed, secret);
  if (secret.immutable) return 'replace';
  const manifest = manifestOf(desired, observed);
  return manifest !== undefined && holds(secret, manifest, resource.uid) ? 'proven' : 'differs';
}

/** The Secret as it is to be, as far as it is known before anything is created or issued. */
export function manifestOf(desired: Desired, observed: Observed): SecretManifest | undefined {
  const { application, value, resource } = observed;
  if (application === undefined) return undefined;
  const { served } = rotationOf(desired, observed);
  if (!desired.application.secretRequired)
    return secretManifest(desired, resource, application, undefined, replaced(desired, observed));
  if (value === undefined || value.id !== served?.id) return undefined;
  return secretManifest(desired, resource, application, value, replaced(desired, observed));
}

/** The Secret as it would be with a client secret that is still to be issued: what the API server is to say about it. */
export function trialManifest(
  desired: Desired,
  { resource }: Observed,
  application: RegisteredApplication,
): SecretManifest {
  return secretManifest(desired, resource, application, { id: 'none', createTime: 0, value: standIn });
}

/** The client secret that was replaced, with its value if that was looked up. */
function replaced(desired: Desired, observed: Observed): ReplacedClientSecret | undefined {
  const { previous } = rotationOf(desired, observed);
  const { previousValue } = observed;
  return previous && { ...previous, value: previousValue?.id === previous.id ? previousValue.value : undefined };
}

function metadataStanding(
  desired: Desired,
  observed: Observed,
  secret: SecretMetadata,
): 'unread' | 'proven' | 'differs' {
  const { application, resource } = observed;
  if (secret.resourceVersion !== resource.status.secretRef?.resourceVersion) return 'unread';
  const { served, previous } = rotationOf(desired, observed);
  const digest = application && contentDigest(desired, resource, application.clientID, served?.id, previous);
  const current = digest === secret.annotations[secretMarks.content];
  return current && isOwned(secret, resource.uid) === (desired.deletionPolicy === 'Delete') ? 'proven' : 'differs';
}

function holds(secret: ObservedSecret, manifest: SecretManifest, uid: string): boolean {
  return (
    includes(secret.labels, manifest.labels) &&
    includes(secret.annotations, manifest.annotations) &&
    Object.entries(manifest.data).every(([key, value]) => value.equals(secret.data[key])) &&
    isOwned(secret, uid) === manifest.owned
  );
}

function includes(all: Readonly<Record<string, string>>, some: Readonly<Record<string, string>>): boolean {
  return Object.entries(some).every(([key, value]) => all[key] === value);
}
