/**
 * The place where applications are registered: the port that every registry fills.
 *
 * @module
 */

import type {
  Application,
  ApplicationSettings,
  ClientSecret,
  IssuedClientSecret,
  ListedApplication,
  RegisteredApplication,
} from '../core/state.ts';

/** What is known of the account behind a registry. */
export interface Account {
  readonly accountID: string;
  /**
   * Milliseconds within which a read may still miss a write that was acknowledged; 0 where reads are exact.
   * Absence is believed only when it was seen twice, this long apart.
   */
  readonly consistencyWindow: number;
}

/**
 * Everything the controller asks of a registry.
 *
 * Every call fails only with a `RegistryError`. Reads are live: they go to the registry, not to a copy. Calls that take an
 * `operation` (a UUID) are not idempotent by nature; a registry that can remembers the UUID and gives the same answer to
 * a repetition, one that cannot fails with `uncertain` when the outcome is not known, and the caller looks before it
 * tries again. What breaks the account's rules fails with `rejected`, and nothing is changed. Lists of an application are
 * sets: a registry may give them in any order, and leaves out repetitions and required scopes that are no scopes. An
 * implementation is complete when it passes the suite in `test/registry/conformance.ts`.
 */
export interface Registry {
  /** Who we are; the first call that fails when credentials do. */
  account(): Promise<Account>;

  /**
   * All applications of the account, those that are not ours included; their order means nothing. With their client
   * secrets, where the registry can say that in the same call.
   */
  list(): Promise<readonly ListedApplication[]>;

  get(id: string): Promise<RegisteredApplication | undefined>;

  /** The application of that name, compared without case. */
  find(name: string): Promise<RegisteredApplication | undefined>;

  /**
   * Registers an application and returns what the registry then holds, which may differ in what the application's type
   * forces; `nameTaken` if the account has one of that name that another operation made.
   */
  create(application: Application, operation: string): Promise<RegisteredApplication>;

  /** Sets the given fields, each whole (lists are overwritten), and returns what is then held; `absent` if it is gone. */
  update(id: string, changes: Partial<ApplicationSettings>): Promise<RegisteredApplication>;

  /** Deletes the application and its client secrets. Deleting what is already gone succeeds. */
  delete(id: string): Promise<void>;

  /** Oldest first, at most two; empty for an application that is not there. */
  clientSecrets(id: string): Promise<readonly ClientSecret[]>;

  /** Gives the value again, or `undefined` where it is gone or the registry does not give values back. */
  readClientSecret(id: string, secretID: string): Promise<IssuedClientSecret | undefined>;

  /** Issues a further client secret; `slotsExhausted` if there are two, `absent` if there is no such application. */
  issueClientSecret(id: string, operation: string): Promise<IssuedClientSecret>;

  /** Deletes a client secret, which stops being accepted. Deleting what is already gone succeeds. */
  deleteClientSecret(id: string, secretID: string): Promise<void>;
}

/** Carries a call out by `call`, and does what it has to do before and after; it may also refuse. */
export type Around = <T>(operation: keyof Registry, call: () => Promise<T>) => Promise<T>;

/** The registry, each of whose calls goes through `around`. */
export function wrap(registry: Registry, around: Around): Registry {
  const wrapped =
    <A extends readonly unknown[], T>(operation: keyof Registry, call: (...args: A) => Promise<T>) =>
    (...args: A) =>
      around(operation, () => call(...args));
  // One by one, so that a call that the port gains is not forgotten here.
  return {
    account: wrapped('account', registry.account),
    list: wrapped('list', registry.list),
    get: wrapped('get', registry.get),
    find: wrapped('find', registry.find),
    create: wrapped('create', registry.create),
    update: wrapped('update', registry.update),
    delete: wrapped('delete', registry.delete),
    clientSecrets: wrapped('clientSecrets', registry.clientSecrets),
    readClientSecret: wrapped('readClientSecret', registry.readClientSecret),
    issueClientSecret: wrapped('issueClientSecret', registry.issueClientSecret),
    deleteClientSecret: wrapped('deleteClientSecret', registry.deleteClientSecret),
  };
}
