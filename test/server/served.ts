/**
 * A server over a registry in memory, asked without a socket.
 *
 * @module
 */

import type { Registry } from '../../src/registry/registry.ts';
import type { Provision, Provisions } from '../../src/registry/store/provisions.ts';
import type { Entry } from '../../src/server/journal.ts';
import { openServer, type ServerOptions } from '../../src/server/server.ts';
import { memoryRegistry } from '../support/memory-registry.ts';
import { accessKey, called, now } from './requests.ts';

/** What is looked into of answers; each has some of it. */
export interface Body {
  readonly RequestId: string;
  readonly Code: string;
  readonly Application: ShownApplication;
  readonly Applications: { readonly Application: readonly ShownApplication[] };
  readonly AppSecret: { readonly AppSecretId: string; readonly AppSecretValue?: string };
  readonly AppSecrets: unknown;
  readonly ApplicationProvisionInfo: Pick<ShownApplication, 'DelegatedScope'>;
  readonly PredefinedScopes: { readonly PredefinedScope: readonly Scope[] };
}

export interface ShownApplication {
  readonly AppId: string;
  readonly DisplayName: string;
  readonly SecretRequired: boolean;
  readonly RedirectUris: unknown;
  readonly DelegatedScope: { readonly PredefinedScopes: { readonly PredefinedScope: readonly Scope[] } };
}

export interface Scope {
  readonly Name: string;
  readonly Description: string;
  readonly Required?: boolean;
}

/** What an action was answered with. */
export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Body;
}

/** Opens a server, and gives what a test asks it with and what it noted. */
export async function served(
  options: Partial<Omit<ServerOptions, 'registry'>> & { readonly registry?: Registry } = {},
) {
  const { registry = memoryRegistry({ clock: () => now }), clock = () => now } = options;
  const entries: Entry[] = [];
  const faults: object[] = [];
  let made = 0;
  const server = await openServer({
    accessKeys: [accessKey],
    clock,
    newID: () => `00000000-0000-4000-8000-0000000000f${made++ % 10}`,
    log: { error: (fields, message) => void faults.push({ ...fields, message }) },
    journal: (entry) => void entries.push(entry),
    ...options,
    registry: { ...registry, provisions: memoryProvisions(clock) },
  });
  const ask = async (action: string, parameters: Readonly<Record<string, string>> = {}, version?: string) => {
    const { body, ...answer } = await server.handle(called(action, parameters, version));
    return { ...answer, body: JSON.parse(body) } as Answered;
  };
  return { server, ask, entries, faults };
}

export const requestID = /^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/;

/** The least that an application is made of. */
export const myapp = { AppName: 'myapp', AppType: 'WebApp', DisplayName: 'myapp' };

/** A server with one application, and that application's ID. */
export async function withApplication(parameters: Readonly<Record<string, string>> = myapp, options = {}) {
  const world = await served(options);
  const { body } = await world.ask('CreateApplication', parameters);
  return { ...world, id: body.Application.AppId, created: body.Application };
}

/** The names of an application's scopes, the required ones with an exclamation mark. */
export function scopesOf({ DelegatedScope }: ShownApplication): readonly string[] {
  return DelegatedScope.PredefinedScopes.PredefinedScope.map(({ Name, Required }) => `${Name}${Required ? '!' : ''}`);
}

/** It does not know which applications there are: that is for the actions to see. */
function memoryProvisions(clock: () => number): Provisions {
  const held = new Map<string, Provision>();
  return {
    async set(applicationID, scopes) {
      const { createTime = clock() } = held.get(applicationID) ?? {};
      const provision = { applicationID, scopes, createTime, updateTime: clock() };
      held.set(applicationID, provision);
      return provision;
    },
    get: async (applicationID) => held.get(applicationID),
    list: async () => [...held.values()],
    delete: async (applicationID) => void held.delete(applicationID),
  };
}
