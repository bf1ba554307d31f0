/**
 * What the planner compares: the state a resource asks for, and the state that was found.
 *
 * All times are milliseconds since the epoch. `undefined` in what was found means "looked, and it is not there";
 * a failure to look is an error and never gets here.
 *
 * @module
 */

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
