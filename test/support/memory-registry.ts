/**
 * A registry that keeps everything in memory, for tests of what uses one: it remembers the calls made and fails on demand.
 *
 * @module
 */

import { createHash } from 'node:crypto';
import { Sensitive } from '../../src/core/sensitive.ts';
import type { Application, ClientSecret, IssuedClientSecret, RegisteredApplication } from '../../src/core/state.ts';
import { RegistryError } from '../../src/registry/errors.ts';
import type { Account, Registry } from '../../src/registry/registry.ts';
import { admitted, clientSecretSlots } from '../../src/registry/store/rules.ts';
import { lagging } from './lagging.ts';

/** A call as it came in; failed calls are among them. */
export interface Call {
  readonly operation: keyof Registry;
  readonly args: readonly unknown[];
}

export interface MemoryRegistry extends Registry {
  /** Every call since the beginning, or since the list was emptied. */
  readonly calls: Call[];
  /** The same account without record or failures: what somebody else does, or what a test looks at. */
  readonly outside: Registry;
  /** Lets the next call of `operation` fail: `before` its effect, or `after` it, as when the answer is lost. */
  failNext(operation: keyof Registry, error: Error, when?: 'before' | 'after'): void;
  /** Each call of an operation that is named here fails before its effect. */
  readonly broken: Map<keyof Registry, Error>;
}

export interface MemoryOptions {
  readonly account?: Partial<Account>;
  readonly clock?: () => number;
  /** False: values are given when they are issued and never again. */
  readonly readable?: boolean;
  /** False: a list does not say which client secrets there are. */
  readonly listsClientSecrets?: boolean;
  /** Milliseconds, by the clock, for which reads do not show a write; those from outside do. */
  readonly delay?: number;
}

/** An empty account. Ids and values are the same in every run. */
export function memoryRegistry(options: MemoryOptions = {}): MemoryRegistry {
  const outside = memory(options);
  const { delay, clock = () => 0 } = options;
  const served = delay === undefined ? outside : lagging(outside, delay, clock);
  const calls: Call[] = [];
  const failures: { operation: keyof Registry; error: Error; when: 'before' | 'after' }[] = [];

  const broken = new Map<keyof Registry, Error>();
  const fail = (operation: keyof Registry, when: 'before' | 'after') => {
    const lasting = broken.get(operation);
    if (lasting) throw lasting;
    const index = failures.findIndex((failure) => failure.operation === operation);
    if (failures[index]?.when === when) throw failures.splice(index, 1)[0]?.error;
  };
  const recorded =
    <A extends unknown[], R>(operation: keyof Registry, call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      calls.push({ operation, args });
      fail(operation, 'before');
      const result = await call(...args);
      fail(operation, 'after');
      return result;
    };

  return {
    calls,
    outside,
    broken,
    failNext: (operation, error, when = 'before') => void failures.push({ operation, error, when }),
    account: recorded('account', served.account),
    list: recorded('list', served.list),
    get: recorded('get', served.get),
    find: recorded('find', served.find),
    create: recorded('create', served.create),
    update: recorded('update', served.update),
    delete: recorded('delete', served.delete),
    clientSecrets: recorded('clientSecrets', served.clientSecrets),
    readClientSecret: recorded('readClientSecret', served.readClientSecret),
    issueClientSecret: recorded('issueClientSecret', served.issueClientSecret),
    deleteClientSecret: recorded('deleteClientSecret', served.deleteClientSecret),
  };
}

interface Held {
  application: RegisteredApplication;
  readonly operation: string;
  secrets: { readonly issued: IssuedClientSecret; readonly operation: string }[];
}

function listed({ issued: { id, createTime } }: Held['secrets'][number]): ClientSecret {
  return { id, createTime };
}

/** The account itself: functions that need no `this`. */
function memory({ account, clock = () => 0, readable = true, listsClientSecrets = true }: MemoryOptions): Registry {
  const held = new Map<string, Held>();
  let made = 0;

  const named = (name: string) =>
    [...held.values()].find(({ application }) => application.name.toLowerCase() === name.toLowerCase());
  const must = (id: string, operation: keyof Registry): Held => {
    const found = held.get(id);
    if (found !== undefined) return found;
    throw new RegistryError('absent', `there is no application ${id}`, { operation });
  };
  const register = (application: Application): RegisteredApplication => {
    const id = `4${String(++made).padStart(18, '0')}`;
    return { ...application, id, clientID: id, createTime: clock() };
  };
  const issue = (): IssuedClientSecret => {
    const value = new Sensitive(createHash('sha256').update(String(++made)).digest('hex'));
    return { id: `00000000-0000-4000-8000-${String(made).padStart(12, '0')}`, createTime: clock(), value };
  };

  return {
    async account() {
      return { accountID: '1000000000000001', consistencyWindow: 0, ...account };
    },
    async list() {
      const all = [...held.values()];
      return all.map(({ application, secrets }) =>
        listsClientSecrets ? { ...application, clientSecrets: secrets.map(listed) } : application,
      );
    },
    async get(id) {
      return held.get(id)?.application;
    },
    async find(name) {
      return named(name)?.application;
    },
    async create(application, operation) {
      const admissible = admitted(application, 'create');
      const before = [...held.values()].find((each) => each.operation === operation);
      if (before !== undefined) return before.application;
      if (named(application.name) !== undefined)
        throw new RegistryError('nameTaken', `the name ${application.name} is taken`, { operation: 'create' });
      const created = register(admissible);
      held.set(created.id, { application: created, operation, secrets: [] });
      return created;
    },
    async update(id, changes) {
      const found = must(id, 'update');
      const { name, type, protocolVersion, clientID, createTime } = found.application;
      const admissible = admitted({ ...found.application, ...changes, name, type, protocolVersion }, 'update');
      found.application = { ...admissible, id, clientID, createTime };
      return found.application;
    },
    async delete(id) {
      held.delete(id);
    },
    async clientSecrets(id) {
      const secrets = held.get(id)?.secrets ?? [];
      return secrets.map(listed);
    },
    async readClientSecret(id, secretID) {
      const secret = held.get(id)?.secrets.find(({ issued }) => issued.id === secretID);
      return readable ? secret?.issued : undefined;
    },
    async issueClientSecret(id, operation) {
      const { secrets } = must(id, 'issueClientSecret');
      const before = secrets.find((each) => each.operation === operation);
      if (before !== undefined) return before.issued;
      if (secrets.length >= clientSecretSlots)
        throw new RegistryError('slotsExhausted', `application ${id} has ${clientSecretSlots} client secrets`, {
          operation: 'issueClientSecret',
        });
      const issued = issue();
      secrets.push({ issued, operation });
      return issued;
    },
    async deleteClientSecret(id, secretID) {
      const found = held.get(id);
      if (found !== undefined) found.secrets = found.secrets.filter(({ issued }) => issued.id !== secretID);
    },
  };
}
