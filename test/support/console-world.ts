/**
 * A world in which somebody registered an application in the console before there was a resource for it.
 *
 * @module
 */

import { Sensitive } from '../../src/core/sensitive.ts';
import type { Application } from '../../src/core/state.ts';
import { stranger } from './builders.ts';
import { type World, type WorldOptions, world } from './world.ts';

export const store = { type: 'Store', store: { issuerURL: 'https://login.example' } };
export const granting = { ...store, rules: [{ adoption: true, applicationNames: ['storefront'] }] };
export const adopting = { adoptionPolicy: 'AdoptOrCreate' };
export const named = { ...adopting, applicationName: 'storefront' };

export interface Console extends World {
  /** The application that a person made before there was a resource, and its client secrets, oldest first. */
  readonly made: { readonly id: string; readonly clientID: string; readonly secrets: readonly string[] };
}

/** A world in which a person has registered `team-a.shop`, or what `application` says, a day ago. */
export async function consoleWorld(
  { application = {}, secrets = 1 }: { application?: Partial<Application>; secrets?: number } = {},
  options: WorldOptions = {},
): Promise<Console> {
  const empty = await world({ registrySpec: granting, ...options });
  const { id, clientID } = await empty.registry.outside.create({ ...stranger, ...application }, 'in the console');
  const ids: string[] = [];
  for (let number = 0; number < secrets; number++) {
    ids.push((await empty.registry.outside.issueClientSecret(id, `in the console ${number}`)).id);
    empty.advance(60_000);
  }
  empty.advance(86_400_000);
  await empty.look();
  empty.cluster.writes.length = 0;
  empty.registry.calls.length = 0;
  return { ...empty, made: { id, clientID, secrets: ids } };
}

const base64 = (text: string) => new Sensitive(Buffer.from(text).toString('base64'));

/** The user's own Secret. */
export function given(made: World, value: string, name = 'by-hand') {
  made.cluster.outside.putSecret('team-a', name, { data: { secret: base64(value) } });
}

export const ref = { adoptionSecretRef: { name: 'by-hand', key: 'secret' } };

export async function valueOf({ registry }: World, id: string, secretID: string | undefined) {
  return (await registry.outside.readClientSecret(id, secretID ?? ''))?.value.reveal();
}

export const message = (made: World, type: string, resourceKey?: string) =>
  made.resource(resourceKey).status.conditions?.find((condition) => condition.type === type)?.message;
