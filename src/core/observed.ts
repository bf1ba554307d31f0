/**
 * What was found, and what it proves: whose Secret it is, which client secret is whose. Whose application it is: `standing.ts`.
 *
 * @module
 */

import { onceForEach } from './once.ts';
import { isSameBinding, openOperationOf, type Resource, readBinding } from './resource.ts';
import { contentDigest, type SecretManifest, secretLabels, secretManifest, secretMarks } from './secret.ts';
import { inWindow } from './standing.ts';
import type {
  Binding,
  ClientSecret,
  Desired,
  IssuedClientSecret,
  ObservedSecret,
  Operation,
  RegisteredApplication,
  SecretMetadata,
} from './state.ts';

/** Everything that a plan needs to know. */
export interface Observed {
  readonly resource: Resource;
  /** The application under the effective name, read live. */
  readonly application: RegisteredApplication | undefined;
  /** ID of the application that this very pass created: the answer proves it, whatever the clocks say. */
  readonly created?: string | undefined;
  /** The application's client secrets: read live, or as they were last proven where nothing is to do about them. */
  readonly clientSecrets: readonly ClientSecret[];
  /** Whether the client secrets are only what the status records, which proves nothing to another pass. */
  readonly areRecorded?: boolean;
  /** The client secret to serve, if its value had to be looked up and the registry gave it. */
  readonly value: IssuedClientSecret | undefined;
  /** The Secret under the desired name: its metadata where that proves it, else read live. */
  readonly secret: SecretMetadata | ObservedSecret | undefined;
  /** Whether that Secret is of an earlier life of the resource, as a backup brings it back: see {@link isBoundSecret}. */
  readonly isInherited?: boolean;
  /** Secrets of ours under other names, read live: what a change of `spec.secret.name` leaves. */
  readonly renamedSecrets: readonly ObservedSecret[];
  /** The other resource that names the same Secret and comes first, as `namespace/name`. */
  readonly rival: string | undefined;
}

/** The client secrets of an application, told apart. */
export interface ClientSecretAccount {
  /** The one to serve: it is live, and the Secret or the status names it. */
  readonly current: ClientSecret | undefined;
  /** Issued by our open intent and not delivered, newest last. */
  readonly lost: readonly ClientSecret[];
}

/** Tells the application's live client secrets apart; those in neither answer are not ours, and never touched. */
export const accountForClientSecrets = onceForEach((observed: Observed): ClientSecretAccount => {
  const { clientSecrets, resource } = observed;
  const named = [...deliveredIDs(observed), resource.status.clientSecrets?.find(({ role }) => role === 'Current')?.id];
  const current = named
    .map((id) => clientSecrets.find((secret) => secret.id === id))
    .find((secret) => secret !== undefined);
  const operation = openOperationOf(resource);
  const lost = clientSecrets.filter(
    (secret) => secret !== current && operation !== undefined && isLost(secret, operation, resource),
  );
  return { current, lost: lost.toSorted((a, b) => a.createTime - b.createTime) };
});

function isLost({ id, createTime }: ClientSecret, operation: Operation, resource: Resource): boolean {
  return !operation.knownClientSecretIDs.includes(id) && inWindow(createTime, operation, resource);
}

/** What our Secrets serve: the one that is wanted first, then those that a change of its name leaves. */
function deliveredIDs(observed: Observed): readonly (string | undefined)[] {
  return ownSecrets(observed).map(({ annotations }) => annotations[secretMarks.clientSecretID]);
}

/** The Secrets among those found that are the resource's, the wanted one first. */
export function ownSecrets(observed: Observed): readonly (SecretMetadata | ObservedSecret)[] {
  const { secret, renamedSecrets } = observed;
  return [...(secret && isOwn(secret, observed) ? [secret] : []), ...renamedSecrets];
}

function isOwn(secret: SecretMetadata, { resource, isInherited = false }: Observed): boolean {
  return isInherited || isOurs(secret, resource);
}

/**
 * The client secret whose value the Secret is to hold; `undefined` if one must be issued first, or none is wanted.
 *
 * One that this very pass issued is ours whatever the registry's clock says.
 */
export function servedClientSecret(desired: Desired, observed: Observed): ClientSecret | undefined {
  if (!desired.application.secretRequired) return undefined;
  const { current, lost } = accountForClientSecrets(observed);
  return current ?? lost.at(-1) ?? observed.value;
}

/** Whether a Secret is this resource's: our annotation names its UID, or it controls a Secret that bears a mark of ours. */
export function isOurs(secret: SecretMetadata | ObservedSecret, { uid }: Pick<Resource, 'uid'>): boolean {
  if ('type' in secret && secret.type !== 'Opaque') return false;
  if (secret.annotations[secretMarks.uid] === uid) return true;
  const marked =
    secret.labels[secretLabels.application] !== undefined || secret.annotations[secretMarks.binding] !== undefined;
  return marked && isOwned(secret, uid);
}

/**
 * Whether a Secret was made for the application that `binding` names, by whichever resource: with that resource gone, it is
 * the one to take over, with the client secret in it. Backup tools bring resources back with other UIDs, and without owners.
 */
export function isBoundSecret({ type, annotations }: ObservedSecret, binding: Binding): boolean {
  return type === 'Opaque' && isSameBinding(readBinding(annotations[secretMarks.binding]), binding);
}

/** Whether the garbage collector takes the Secret along with the resource of this UID. */
export function isOwned({ ownerReferences }: Pick<SecretMetadata, 'ownerReferences'>, uid: string): boolean {
  return ownerReferences.some((owner) => owner.uid === uid && owner.controller === true);
}

/**
 * How the Secret stands to what is wanted.
 *
 * `proven`: it holds what it should. `replace`: it was made immutable. `unread`: only a look at its values can tell.
 */
export type SecretStanding = 'absent' | 'foreign' | 'unread' | 'proven' | 'differs' | 'replace';

export function secretStanding(desired: Desired, observed: Observed): SecretStanding {
  return standingsOf(observed)(desired);
}

/** A digest has to be made for it, and plan, guards and report all ask. */
const standingsOf = onceForEach((observed: Observed) =>
  onceForEach((desired: Desired) => standingOf(desired, observed)),
);

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
  if (!desired.application.secretRequired) return secretManifest(desired, resource, application, undefined);
  if (value === undefined || value.id !== servedClientSecret(desired, observed)?.id) return undefined;
  return secretManifest(desired, resource, application, value);
}

function metadataStanding(
  desired: Desired,
  observed: Observed,
  secret: SecretMetadata,
): 'unread' | 'proven' | 'differs' {
  const { application, resource } = observed;
  if (secret.resourceVersion !== resource.status.secretRef?.resourceVersion) return 'unread';
  const served = servedClientSecret(desired, observed);
  const digest = application && contentDigest(desired, resource, application.clientID, served?.id);
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
