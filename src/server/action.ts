/**
 * What an action of the API is: its parameters, and what it does with an account.
 *
 * @module
 */

import * as z from 'zod';
import type { Registry } from '../registry/registry.ts';
import type { Provisions } from '../registry/store/provisions.ts';
import type { Parameters } from './form.ts';
import { checked } from './parameters.ts';
import { refusals } from './refusal.ts';

/** What an action works with. */
export interface Account {
  readonly accountID: string;
  /** Where writes go, and what they need to know. */
  readonly registry: Registry;
  /** Where reads go: it may know less than the registry. */
  readonly replica: Replica;
  readonly provisions: Provisions;
  /** What the documentation leaves open. */
  readonly behaviour: Behaviour;
  /** A fresh UUID. */
  readonly newID: () => string;
}

/** What reads ask for. */
export type Replica = Pick<Registry, 'list' | 'get' | 'clientSecrets' | 'readClientSecret'>;

/** How the server does what is documented in two ways, or in none, so that clients can be tried with each. */
export interface Behaviour {
  /** Whether GetAppSecret gives the value. */
  readonly secretsReadable: boolean;
  /** What UpdateApplication does with an empty `NewRedirectUris`. */
  readonly emptyRedirectURIs: 'clear' | 'ignore' | 'refuse';
  /** Whether DeleteApplication refuses one that has client secrets or is provisioned. */
  readonly deleteConflicts: boolean;
  /** Milliseconds for which reads do not show a write. */
  readonly consistencyDelay: number;
  /** `undefined`: as many as come. */
  readonly callsPerSecond: number | undefined;
}

/** What an answer holds beside the request's ID. */
export interface Outcome {
  readonly Application?: { readonly AppId: string };
  readonly [field: string]: unknown;
}

/** Carries a request out. Fails with a `Refusal` or a `RegistryError`. */
export type Action = (given: Parameters, account: Account) => Promise<Outcome>;

/** An action that takes the parameters of `shape`, checked. */
export function action<T extends z.ZodRawShape>(
  shape: T,
  perform: (parameters: z.output<z.ZodObject<T>>, account: Account) => Promise<Outcome>,
): Action {
  const schema = z.object(shape);
  return async (given, account) => perform(checked(schema, given), account);
}

/** What was looked for, refused with `EntityNotExist.Application` where it is not there. */
export function existing<T>(found: T | undefined): T {
  if (found === undefined) throw refusals.unknownApplication();
  return found;
}
