/**
 * RAM's rules for what an application may be, and the values it forces.
 *
 * @module
 */

import type { Application } from '../../core/state.ts';
import { RegistryError } from '../errors.ts';

/** An application may have so many client secrets, so that one can replace the other. */
export const clientSecretSlots = 2;

const redirectURIs = 20;
const scopes = 50;
const scopeForm = /^(?=.{1,128}$)(?:[a-z][a-z0-9_:.-]*|(?:\/[a-z0-9][a-z0-9_-]*)+)$/;
/** Printable ASCII but `;`, which separates the URIs of a request. */
const redirectURIForm = /^[\x21-\x3a\x3c-\x7e]{1,1024}$/;

interface Rule {
  readonly says: string;
  readonly holds: (application: Application) => boolean;
}

const rules: readonly Rule[] = [
  { says: 'the name has 1–64 letters, digits, ".", "_" or "-"', holds: ({ name }) => /^[\w.-]{1,64}$/.test(name) },
  { says: 'the display name has 1–24 characters', holds: ({ displayName }) => within([...displayName].length, 1, 24) },
  {
    says: 'access tokens are valid for 900–10,800 whole seconds',
    holds: ({ accessTokenValiditySeconds: seconds }) => within(seconds, 900, 10_800),
  },
  {
    says: 'refresh tokens are valid for 7,200–31,536,000 whole seconds',
    holds: ({ type, refreshTokenValiditySeconds: seconds }) => type === 'Server' || within(seconds, 7_200, 31_536_000),
  },
  {
    says: `an application has at most ${redirectURIs} redirect URIs of 1–1,024 printable ASCII characters without ";"`,
    holds: ({ redirectURIs: uris }) => uris.length <= redirectURIs && uris.every((uri) => redirectURIForm.test(uri)),
  },
  {
    says: `an application has at most ${scopes} scopes beside openid, such as "profile" or "/acs/scim"`,
    holds: (application) =>
      application.scopes.length <= scopes + 1 && application.scopes.every((s) => scopeForm.test(s)),
  },
  {
    says: 'the scope /acs/mcp-server needs protocol version 2.1',
    holds: (application) => application.protocolVersion === '2.1' || !application.scopes.includes('/acs/mcp-server'),
  },
];

/**
 * The application as it is held: sets without repetition, `openid` in both, required scopes that are no scopes left out,
 * and the values that its type forces.
 *
 * @throws RegistryError `rejected`, naming every rule that is broken.
 */
export function admitted(application: Application, operation: string): Application {
  const held = normalised(application);
  const broken = rules.filter((rule) => !rule.holds(held));
  if (broken.length === 0) return held;
  throw new RegistryError('rejected', broken.map((rule) => rule.says).join('; '), { operation });
}

function normalised(application: Application): Application {
  const { type } = application;
  const held = set(['openid', ...application.scopes]);
  return {
    name: application.name,
    type,
    protocolVersion: application.protocolVersion,
    displayName: application.displayName,
    accessTokenValiditySeconds: application.accessTokenValiditySeconds,
    refreshTokenValiditySeconds: type === 'Server' ? undefined : application.refreshTokenValiditySeconds,
    redirectURIs: set(application.redirectURIs),
    scopes: held,
    requiredScopes: set(['openid', ...application.requiredScopes]).filter((scope) => held.includes(scope)),
    multiTenant: application.multiTenant,
    secretRequired: application.secretRequired || secretForced(application),
  };
}

/** RAM forces a client secret on Web and Server; but Web 2.1 knows public clients, and an issuer must tell them apart. */
function secretForced({ type, protocolVersion }: Application): boolean {
  return type === 'Server' || (type === 'Web' && protocolVersion === '2.0');
}

function set(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}

function within(value: number | undefined, least: number, most: number): boolean {
  return Number.isInteger(value) && value !== undefined && value >= least && value <= most;
}
