/**
 * Where access keys come from: exactly one source, the one that the registry's spec names.
 *
 * Never the SDK's default chain: after one failure of the source that was meant it goes on to the next, such as the role
 * of the node, and stays there.
 *
 * @module
 */

import * as z from 'zod';
import { Sensitive } from '../../core/sensitive.ts';
import { fromTimestamp } from '../../core/time.ts';
import { RegistryError } from '../errors.ts';
import type { Session } from './sdk.ts';
import type { STS } from './sts.ts';

/** As an OAuthRegistry has it; exactly one is given. */
export interface CredentialsSpec {
  readonly workloadIdentity?:
    | { readonly roleARN?: string | undefined; readonly oidcProviderARN?: string | undefined }
    | undefined;
  /** A Secret in the controller's own namespace. */
  readonly secretRef?: { readonly name: string } | undefined;
  readonly environment?: object | undefined;
}

/** What the sources read. */
export interface CredentialsDoors {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The values of a Secret in the controller's own namespace; `undefined` if there is none of that name. */
  readonly readSecret: (name: string) => Promise<Readonly<Record<string, Sensitive>> | undefined>;
  readonly readFile: (path: string) => Promise<string>;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** A session, and how long it is good for. */
export interface Lease {
  readonly session: Session;
  /** Milliseconds after which another is asked for. */
  readonly refreshAfter: number;
  /** Milliseconds for which it does where no other can be had. */
  readonly goodFor: number;
  /** The account, where the source knows it. */
  readonly accountID?: string | undefined;
}

/** Gives a session. Fails with a `RegistryError`: `denied`, `throttled` or `unavailable`, and never `absent`. */
export type Source = () => Promise<Lease>;

/** The source that the spec names; `sts` is asked for the sessions of a role. */
export function sourceOf(spec: CredentialsSpec, doors: CredentialsDoors, sts: STS): Source {
  if (spec.workloadIdentity) return workloadIdentity(spec.workloadIdentity, doors, sts);
  if (spec.secretRef) return secret(spec.secretRef.name, doors);
  return environment(doors);
}

/** Credentials are missing, or not accepted. */
function denied(message: string): RegistryError {
  return new RegistryError('denied', message, { operation: 'account' });
}

const forGood = Number.POSITIVE_INFINITY;

/** The environment of a process does not change. */
function environment({ env }: CredentialsDoors): Source {
  return async () => ({
    session: {
      accessKeyID: variable(env, 'ALIBABA_CLOUD_ACCESS_KEY_ID'),
      accessKeySecret: new Sensitive(variable(env, 'ALIBABA_CLOUD_ACCESS_KEY_SECRET')),
      securityToken: sensitive(env['ALIBABA_CLOUD_SECURITY_TOKEN']),
    },
    refreshAfter: forGood,
    goodFor: forGood,
  });
}

function variable(env: CredentialsDoors['env'], name: string): string {
  const value = env[name];
  if (value !== undefined && value !== '') return value;
  throw denied(`the controller's environment has no ${name}`);
}

function sensitive(value: string | undefined): Sensitive | undefined {
  return value === undefined || value === '' ? undefined : new Sensitive(value);
}

/** Milliseconds after which a Secret is looked at again: what is replaced there is used within a minute. */
const secretRereadAfter = 30_000;

function secret(name: string, { readSecret }: CredentialsDoors): Source {
  return async () => {
    const found = await readSecret(name).catch((error: unknown) => Promise.reject(unreadable(name, error)));
    if (found === undefined) throw denied(`the controller's namespace has no Secret ${name}`);
    const { accessKeyId, accessKeySecret, securityToken } = found;
    if (accessKeyId === undefined || accessKeySecret === undefined)
      throw denied(`the Secret ${name} lacks accessKeyId or accessKeySecret`);
    const session = { accessKeyID: accessKeyId.reveal().trim(), accessKeySecret: trimmed(accessKeySecret) };
    const whole = { ...session, securityToken: securityToken && trimmed(securityToken) };
    return { session: whole, refreshAfter: secretRereadAfter, goodFor: forGood };
  };
}

function unreadable(name: string, error: unknown): RegistryError {
  const reason = error instanceof Error ? error.message : String(error);
  return new RegistryError('unavailable', `the Secret ${name} cannot be read: ${reason}`, { operation: 'account' });
}

/** A line feed at the end is a file's, not the key's. */
function trimmed(value: Sensitive): Sensitive {
  return new Sensitive(value.reveal().trim());
}

/** Seconds that a role's session is asked for: the longest that every role allows. */
const sessionDuration = 3_600;
/** Milliseconds before its end from which on a session is replaced. */
const replacedBefore = 900_000;

const assumed = z.object({
  Credentials: z.object({
    AccessKeyId: z.string().min(1),
    AccessKeySecret: z.string().min(1),
    SecurityToken: z.string().min(1),
    Expiration: z.string(),
  }),
});

/** RAM Roles for Service Accounts: the service account's token is exchanged for a session of the role. */
function workloadIdentity(
  spec: NonNullable<CredentialsSpec['workloadIdentity']>,
  { env, readFile, clock }: CredentialsDoors,
  sts: STS,
): Source {
  return async () => {
    const roleARN = spec.roleARN ?? variable(env, 'ALIBABA_CLOUD_ROLE_ARN');
    const parameters = {
      RoleArn: roleARN,
      OIDCProviderArn: spec.oidcProviderARN ?? variable(env, 'ALIBABA_CLOUD_OIDC_PROVIDER_ARN'),
      OIDCToken: await token(variable(env, 'ALIBABA_CLOUD_OIDC_TOKEN_FILE'), readFile),
      RoleSessionName: env['ALIBABA_CLOUD_ROLE_SESSION_NAME'] ?? 'ramify',
      DurationSeconds: String(sessionDuration),
    };
    const answer = await sts('AssumeRoleWithOIDC', parameters, undefined);
    return leaseOf(answer, roleARN, clock());
  };
}

/** The kubelet replaces it long before it expires: it is read for each session. */
async function token(path: string, readFile: CredentialsDoors['readFile']): Promise<string> {
  try {
    return (await readFile(path)).trim();
  } catch {
    throw denied(`the service account's token in ${path} cannot be read`);
  }
}

function leaseOf(answer: unknown, roleARN: string, now: number): Lease {
  const parsed = assumed.safeParse(answer);
  if (!parsed.success)
    throw new RegistryError('unavailable', 'the answer to AssumeRoleWithOIDC is not understood', {
      operation: 'account',
    });
  const { AccessKeyId, AccessKeySecret, SecurityToken, Expiration } = parsed.data.Credentials;
  const goodFor = lifetime(fromTimestamp(Expiration), now);
  return {
    session: {
      accessKeyID: AccessKeyId,
      accessKeySecret: new Sensitive(AccessKeySecret),
      securityToken: new Sensitive(SecurityToken),
    },
    refreshAfter: Math.max(goodFor - replacedBefore, goodFor / 2),
    goodFor,
    accountID: /^acs:ram::(\d+):/.exec(roleARN)?.[1],
  };
}

/** Milliseconds. Where the clocks disagree so much that it would be over already, what was asked for counts. */
function lifetime(expiration: number | undefined, now: number): number {
  const longest = sessionDuration * 1_000;
  const left = (expiration ?? now) - now;
  return left > 0 ? Math.min(left, longest) : longest;
}
