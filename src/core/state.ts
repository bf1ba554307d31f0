/**
 * What the planner compares: the state a resource asks for, and the state that was found.
 *
 * All times are milliseconds since the epoch. `undefined` in what was found means "looked, and it is not there";
 * a failure to look is an error and never gets here.
 *
 * @module
 */

import type { standardKeys } from '../api/secret.ts';
import type { Sensitive } from './sensitive.ts';

export type ApplicationType = 'Web' | 'Native' | 'Server';
export type ProtocolVersion = '2.0' | '2.1';

/** The fields of an application that may change after its creation. */
export interface ApplicationSettings {
  /** 1–24 code points; people see it on the consent page. */
  readonly displayName: string;
  /** Seconds, 900–10,800. */
  readonly accessTokenValiditySeconds: number;
  /** Seconds, 7,200–31,536,000; a Server application has none. */
  readonly refreshTokenValiditySeconds: number | undefined;
  /** A set: order and repetition mean nothing. */
  readonly redirectURIs: readonly string[];
  /** A set that always holds `openid`. */
  readonly scopes: readonly string[];
  /** A subset of `scopes` that always holds `openid`. */
  readonly requiredScopes: readonly string[];
  /** Whether other accounts may install the application. */
  readonly multiTenant: boolean;
  /** Whether clients authenticate with a client secret; registries force it to true on Web 2.0 and Server. */
  readonly secretRequired: boolean;
}

/** An OAuth application as the cluster and every registry understand it. */
export interface Application extends ApplicationSettings {
  /** 1–64 of `A-Za-z0-9._-`, unique in the account when compared without case. */
  readonly name: string;
  readonly type: ApplicationType;
  readonly protocolVersion: ProtocolVersion;
}

/** An application that exists in a registry. */
export interface RegisteredApplication extends Application {
  /** The registry's own identifier. */
  readonly id: string;
  /** The OAuth `client_id`. */
  readonly clientID: string;
  readonly createTime: number;
}

/** A client secret as a registry lists it: most give its value only when it is issued. */
export interface ClientSecret {
  readonly id: string;
  readonly createTime: number;
}

/** A client secret that another has replaced, and that still works for a while. */
export interface PreviousClientSecret extends ClientSecret {
  /** When it is to be revoked. */
  readonly revokeAfter: number;
}

/** An application as a registry's list shows it. */
export interface ListedApplication extends RegisteredApplication {
  /** Its client secrets, oldest first; absent where the registry does not list them with their applications. */
  readonly clientSecrets?: readonly ClientSecret[];
}

/** A client secret with its value. */
export interface IssuedClientSecret extends ClientSecret {
  readonly value: Sensitive;
}

/** Where clients of an account's applications go, all absolute URLs (RFC 8414 §2). */
export interface Endpoints {
  readonly issuer: string;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly userinfoEndpoint: string;
  readonly jwksURI: string;
  readonly revocationEndpoint: string;
}

/** How an application came to be ours. */
export type Provenance = 'Created' | 'Adopted' | 'Restored';

/** What ties a resource to an application. Read back from the cluster it is a hint, to be proved by a live read. */
export interface Binding {
  /** Name of the OAuthRegistry. */
  readonly registry: string;
  readonly accountID: string;
  readonly applicationName: string;
  readonly provenance: Provenance;
}

/**
 * An intent: recorded on the resource before a call that is not idempotent, and open until the status names its ID.
 *
 * A client secret that is not among the known ones, and was created in the attempt's window, came of this intent.
 */
export interface Operation {
  /** A UUID; the identity of the attempt. */
  readonly id: string;
  /** UID of the resource on which it was recorded; earlier versions recorded none. */
  readonly uid?: string | undefined;
  readonly kind: 'CreateApplication' | 'IssueClientSecret';
  readonly startTime: number;
  readonly knownClientSecretIDs: readonly string[];
  /** Digest of the application that a create sends: what is found later is ours only if it is equal. */
  readonly sent: string | undefined;
  /** The request for a rotation that it answers. */
  readonly request?: string | undefined;
}

/** A value that a Secret holds under a standard key, or another that the user chose. */
export type StandardKey = keyof typeof standardKeys;

/** The Secret that a resource asks for. */
export interface DesiredSecret {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** The data key under which each standard value is written. */
  readonly keys: Readonly<Record<StandardKey, string>>;
  /** The data key for the value that a rotation replaced; without one it is not written. */
  readonly previousKey: string | undefined;
  /** Further data keys: text with `$(clientID)`-style placeholders. */
  readonly data: Readonly<Record<string, string>>;
}

/** When client secrets are replaced, in milliseconds. */
export interface RotationPolicy {
  /** Undefined: only when somebody asks for it. */
  readonly interval: number | undefined;
  /** How long the one that was replaced still works. */
  readonly overlap: number;
}

/** The state an OAuthApplication asks for, with every default filled in. */
export interface Desired {
  readonly application: Application;
  readonly binding: Binding;
  readonly secret: DesiredSecret;
  readonly rotation: RotationPolicy;
  readonly deletionPolicy: 'Delete' | 'Orphan';
  readonly driftPolicy: 'Correct' | 'Report';
  /** What becomes of an application of the name that is there already and nobody's: it is refused, or taken over. */
  readonly adoptionPolicy: 'Never' | 'AdoptOrCreate' | 'AdoptOnly';
  /** Where the value of the adopted application's client secret is: a key of a Secret in the resource's namespace. */
  readonly adoptionSecretRef: { readonly name: string; readonly key: string } | undefined;
  /** Undefined where the registry's issuer is not known. */
  readonly endpoints: Endpoints | undefined;
}

/** `metav1.OwnerReference`. */
export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

/** What may be known of a Secret without reading its values. */
export interface SecretMetadata {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly ownerReferences: readonly OwnerReference[];
}

/** A Secret that was read live. */
export interface ObservedSecret extends SecretMetadata {
  readonly type: string;
  readonly immutable: boolean;
  /** Base64, as the API server gives it: foreign values need not be text. */
  readonly data: Readonly<Record<string, Sensitive>>;
}
