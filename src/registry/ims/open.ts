/**
 * An OAuthRegistry's `alibabaCloud` → the registry over that account.
 *
 * @module
 */

import type { Account, Registry } from '../registry.ts';
import { openClient } from './client.ts';
import { type CredentialsDoors, type CredentialsSpec, sourceOf } from './credentials.ts';
import { openIdentity } from './identity.ts';
import { imsRegistry } from './ims.ts';
import type { Limiter, Rate } from './limiter.ts';
import { type Host, sendTo } from './sdk.ts';
import { openSTS } from './sts.ts';

/** What the spec of an OAuthRegistry says of an account; what is left out is filled in here. */
export interface AlibabaCloudSpec {
  /** `host[:port]`, or `http://host[:port]` for one on loopback. */
  readonly endpoint?: string | undefined;
  readonly stsEndpoint?: string | undefined;
  readonly caBundle?: string | undefined;
  readonly accountID?: string | undefined;
  readonly credentials: CredentialsSpec;
}

/** How fast the API is called: 5 calls a second and 10 at once, where nothing is said. Its own limit is not published. */
export type RateSpec = { readonly [K in keyof Rate]?: Rate[K] | undefined };

/** What a process brings along. */
export interface Surroundings extends CredentialsDoors {
  /** The limiter of an account, shared by all registries that work with it. */
  readonly limiterOf: (accountID: string) => Limiter;
  /** Milliseconds since whenever. */
  readonly monotonic: () => number;
  /** Whether this process may write; asked right before each write. */
  readonly mayWrite: () => boolean;
  /** As the API's logs show it. */
  readonly userAgent: string;
  /** Milliseconds within which reads may miss writes: {@link Account}. By default what is assumed of RAM, 60 seconds. */
  readonly consistencyWindow?: number;
}

/** RAM copies what is written between regions, and says so of permissions without a time. */
const assumedWindow = 60_000;

const defaultEndpoint = 'ims.aliyuncs.com';

/** The registry; nothing is asked before its first call. */
export function openIms(spec: AlibabaCloudSpec, rate: RateSpec | undefined, surroundings: Surroundings): Registry {
  const { monotonic, limiterOf, mayWrite, userAgent, consistencyWindow = assumedWindow } = surroundings;
  const { endpoint = defaultEndpoint, caBundle } = spec;
  const host = hostOf(endpoint, caBundle);
  const stsHost = hostOf(stsEndpointOf(spec), caBundle);
  const sts = openSTS(sendTo(stsHost, userAgent), stsHost);
  const source = sourceOf(spec.credentials, surroundings, sts);
  const identity = openIdentity({ source, sts, accountID: spec.accountID, monotonic });
  const client = openClient({
    send: sendTo(host, userAgent),
    hostName: host.name,
    identity,
    limiterOf,
    rate: { callsPerSecond: rate?.callsPerSecond ?? 5, burst: rate?.burst ?? 10 },
    mayWrite,
    monotonic,
  });
  const account = async (): Promise<Account> => {
    const { accountID } = await identity.current();
    return { accountID, consistencyWindow };
  };
  return imsRegistry({ client, account });
}

/** One's own endpoint serves STS too. */
function stsEndpointOf({ endpoint = defaultEndpoint, stsEndpoint }: AlibabaCloudSpec): string {
  const [host] = endpoint.replace(/^http:\/\//, '').split(':');
  return stsEndpoint ?? (host?.endsWith('.aliyuncs.com') === true ? 'sts.aliyuncs.com' : endpoint);
}

function hostOf(endpoint: string, caBundle: string | undefined): Host {
  const plain = endpoint.startsWith('http://');
  return { name: endpoint.replace(/^http:\/\//, ''), protocol: plain ? 'http' : 'https', caBundle };
}
