/**
 * What was found, and whose Secret it is. Whose application it is: `standing.ts`; which client secret is whose: `client-secrets.ts`.
 *
 * @module
 */

import { isSameBinding, type Resource, readBinding } from './resource.ts';
import { secretLabels, secretMarks } from './secret.ts';
import type {
  Binding,
  ClientSecret,
  IssuedClientSecret,
  ObservedSecret,
  Provenance,
  RegisteredApplication,
  SecretMetadata,
} from './state.ts';

/** Everything that a plan needs to know. */
export interface Observed {
  readonly resource: Resource;
  /** When it was looked, in milliseconds since the epoch: the time of the whole pass. */
  readonly time: number;
  /** The application under the effective name, read live. */
  readonly application: RegisteredApplication | undefined;
  /** How the application comes to be the resource's: see `provenanceOf`. */
  readonly provenance: Provenance;
  /** Whether a rule of the registry grants, now, the adoption of an application of the effective name. */
  readonly isAdoptionGranted?: boolean;
  /** How often drift was set right in the last hour, under the present spec. */
  readonly corrections?: number;
  /** Another resource that has the application: then it is not there to be adopted. */
  readonly holder?: Resource | undefined;
  /** ID of the application that this very pass created: the answer proves it, whatever the clocks say. */
  readonly created?: string | undefined;
  /** The application's client secrets: read live, or as they were last proven where nothing is to do about them. */
  readonly clientSecrets: readonly ClientSecret[];
  /** Whether the client secrets are only what the status records, which proves nothing to another pass. */
  readonly areRecorded?: boolean;
  /** The client secret to serve, if its value had to be looked up and was found. */
  readonly value: IssuedClientSecret | undefined;
  /** The one that it replaces or replaced, where its value is wanted too and was found. */
  readonly previousValue?: IssuedClientSecret | undefined;
  /** IDs of client secrets whose value was looked for in vain. */
  readonly unreadable?: readonly string[];
  /** ID of the client secret that this very pass issued. */
  readonly issued?: string | undefined;
  /**
   * IDs of the client secrets of which the value is one: the application came with them. More than one: the registry does not
   * say which of them it is.
   */
  readonly adopted?: readonly string[];
  /** Why `spec.adoptionSecretRef` gives no value, where none else is to be had. */
  readonly unusable?: string;
  /** The Secret under the desired name: its metadata where that proves it, else read live. */
  readonly secret: SecretMetadata | ObservedSecret | undefined;
  /** Whether that Secret is of an earlier life of the resource, as a backup brings it back: see {@link isBoundSecret}. */
  readonly isInherited?: boolean;
  /** Secrets of ours under other names, read live: what a change of `spec.secret.name` leaves. */
  readonly renamedSecrets: readonly ObservedSecret[];
  /** The other resource that names the same Secret and comes first, as `namespace/name`. */
  readonly rival: string | undefined;
}

/** The Secrets among those found that are the resource's, the wanted one first. */
export function ownSecrets(observed: Observed): readonly (SecretMetadata | ObservedSecret)[] {
  const { secret, renamedSecrets } = observed;
  return [...(secret && isOwn(secret, observed) ? [secret] : []), ...renamedSecrets];
}

/** Whether the wanted Secret is the resource's, by its marks or as one of an earlier life. */
export function isOwn(secret: SecretMetadata, { resource, isInherited = false }: Observed): boolean {
  return isInherited || isOurs(secret, resource);
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
