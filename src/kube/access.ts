/**
 * Asks the API server who bears a token, and whether they may read a path that is no object's, such as `/metrics`: as
 * controller-runtime guards its metrics.
 *
 * @module
 */

import { createHash } from 'node:crypto';
import type { Clock } from './clock.ts';
import type { KubeObject } from './kube.ts';
import { setNewest } from './newest.ts';
import type { Transport } from './transport.ts';

/**
 * - `allowed`.
 * - `unauthenticated`: the API server does not know the token.
 * - `forbidden`: it does, and the bearer lacks the right to `get` the path.
 * - `unknown`: it could not be asked, or is being asked too much.
 */
export type Verdict = 'allowed' | 'unauthenticated' | 'forbidden' | 'unknown';

export interface AccessOptions {
  readonly transport: Pick<Transport, 'create'>;
  readonly path: string;
  readonly clock: Clock;
  /** Told why the API server could not be asked. */
  readonly onError: (error: unknown) => void;
}

/** Milliseconds for which a verdict holds; a right that is taken away ends after the first at the latest. */
const holds = { allowed: 60_000, unauthenticated: 10_000, forbidden: 10_000, unknown: 0 } as const;
/** Tokens whose verdicts are remembered; the oldest goes first. */
const most = 128;
/** Tokens that are asked about at once: whoever sends many others must not keep the API server busy. */
const atOnce = 4;

/** The user that a token stands for, as a TokenReview gives it and a SubjectAccessReview takes it. */
interface User {
  readonly username?: string;
  readonly uid?: string;
  readonly groups?: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

interface TokenReview extends KubeObject {
  readonly status?: { readonly authenticated?: boolean; readonly user?: User };
}

interface SubjectAccessReview extends KubeObject {
  readonly status?: { readonly allowed?: boolean; readonly denied?: boolean };
}

interface Remembered {
  readonly verdict: Promise<Verdict>;
  until: number;
}

/** Gives the verdict on the bearer of a token; it never fails, and says `allowed` only where the API server did. */
export function openAccess({ transport, path, clock, onError }: AccessOptions): (token: string) => Promise<Verdict> {
  const known = new Map<string, Remembered>();
  let asking = 0;

  async function ask(token: string): Promise<Verdict> {
    if (asking >= atOnce) return 'unknown';
    asking++;
    try {
      return await review(transport, path, token);
    } catch (error) {
      onError(error);
      return 'unknown';
    } finally {
      asking--;
    }
  }

  /** Whoever asks about the same token meanwhile waits for the same answer. */
  async function remember(key: string, token: string): Promise<Verdict> {
    const entry = { verdict: ask(token), until: Number.POSITIVE_INFINITY };
    setNewest(known, key, entry, most);
    const verdict = await entry.verdict;
    entry.until = clock.now() + holds[verdict];
    return verdict;
  }

  return async (token) => {
    const key = createHash('sha256').update(token).digest('base64');
    const last = known.get(key);
    return last !== undefined && clock.now() < last.until ? last.verdict : remember(key, token);
  };
}

async function review(transport: AccessOptions['transport'], path: string, token: string): Promise<Verdict> {
  const user = await userOf(transport, token);
  if (user === undefined) return 'unauthenticated';
  const { username, uid, groups, extra } = user;
  const answer = await transport.create<SubjectAccessReview>('/apis/authorization.k8s.io/v1/subjectaccessreviews', {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: { user: username, uid, groups, extra, nonResourceAttributes: { path, verb: 'get' } },
  });
  return answer.status?.allowed === true && answer.status.denied !== true ? 'allowed' : 'forbidden';
}

/** A bearer without a name is nobody. */
async function userOf(transport: AccessOptions['transport'], token: string): Promise<User | undefined> {
  const { status } = await transport.create<TokenReview>('/apis/authentication.k8s.io/v1/tokenreviews', {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenReview',
    spec: { token },
  });
  const isKnown = status?.authenticated === true && (status.user?.username ?? '') !== '';
  return isKnown ? status.user : undefined;
}
