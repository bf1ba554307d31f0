/**
 * The local registry server: a store behind the wire format of Alibaba Cloud's IMS API.
 *
 * @module
 */

import type { Registry } from '../registry/registry.ts';
import type { Provisions } from '../registry/store/provisions.ts';
import type { Behaviour } from './action.ts';
import { answering, type Log, newRequestID, refused, type WireAnswer } from './answering.ts';
import { type AccessKey, authenticator } from './authentication.ts';
import { perform } from './ims-api.ts';
import type { Entry } from './journal.ts';
import { type Listener, type ListenOptions, listen } from './listener.ts';
import { lagging } from './replica.ts';
import type { WireRequest } from './request.ts';
import { throttle } from './throttle.ts';

/** What a server serves, and to whom. */
export interface ServerOptions {
  /** The account; it stays open when the server closes. */
  readonly registry: Registry & { readonly provisions: Provisions };
  /** Who may ask: each for everything. */
  readonly accessKeys: readonly AccessKey[];
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** A fresh UUID. */
  readonly newID: () => string;
  readonly log: Log;
  /** What the documentation leaves open; otherwise {@link usual}. */
  readonly behaviour?: Partial<Behaviour>;
  /** Told of each request that was answered. */
  readonly journal?: ((entry: Entry) => void) | undefined;
}

/** A server, with or without a socket. */
export interface RegistryServer {
  /** Answers a request that came some other way. */
  handle(request: WireRequest): Promise<WireAnswer>;
  /** Answers what comes over a socket of its own. Fails as `listen` of `node:net` does. */
  listen(options: ListenOptions): Promise<Listener>;
}

/** What is taken where the documentation leaves it open. */
const usual: Behaviour = {
  secretsReadable: true,
  emptyRedirectURIs: 'clear',
  deleteConflicts: false,
  consistencyDelay: 0,
  callsPerSecond: undefined,
};

/** Fails as the registry's `account` does. */
export async function openServer(options: ServerOptions): Promise<RegistryServer> {
  const { registry, accessKeys, clock, newID, log, journal = () => undefined } = options;
  const { provisions } = registry;
  const { accountID } = await registry.account();
  const behaviour = { ...usual, ...options.behaviour };
  const account = { accountID, ...copies(registry, behaviour, clock), provisions, behaviour, newID };
  const authenticate = authenticator(accessKeys, clock);
  const admitRate =
    behaviour.callsPerSecond === undefined ? () => undefined : throttle(behaviour.callsPerSecond, clock);
  const answer = answering({
    admit: (request, call) => {
      authenticate(request, call);
      // Strangers use nothing up.
      admitRate();
    },
    perform: (call) => perform(call, account),
    clock,
    newID,
    journal,
    log,
  });
  return {
    handle: answer,
    listen: (where) =>
      listen(where, { answer, refuse: (refusal, host) => refused(refusal, newRequestID(newID), host) }),
  };
}

function copies(registry: Registry, { consistencyDelay }: Behaviour, clock: () => number) {
  return consistencyDelay > 0 ? lagging(registry, consistencyDelay, clock) : { registry, replica: registry };
}
