/**
 * Applications by calls of the API. An answer about another application than was asked for is not acted on.
 *
 * @module
 */

import { sameName } from '../../core/names.ts';
import type { Application, ApplicationSettings, RegisteredApplication } from '../../core/state.ts';
import { RegistryError } from '../errors.ts';
import type { Registry } from '../registry.ts';
import { type Client, changing, making, reading } from './client.ts';
import * as codec from './codec.ts';
import { absentAs, malformed } from './errors.ts';
import { shared } from './shared.ts';

/** All that are understood: somebody's odd one hides no other. */
export async function listApplications(client: Client): Promise<readonly RegisteredApplication[]> {
  const listed = await client(reading('list', 'ListApplications'), codec.applicationsAnswer);
  return listed.flatMap(({ application }) => application ?? []);
}

/** What cannot be an ID is not asked for: anybody may have written it into a status. */
export async function applicationByID(client: Client, id: string): Promise<RegisteredApplication | undefined> {
  if (!codec.isApplicationID(id)) return undefined;
  const call = reading('get', 'GetApplication', { AppId: id });
  const found = await client(call, codec.applicationAnswer).catch(absentAs(undefined));
  if (found === undefined || found.id === id) return found;
  throw malformed(['Application.AppId'], call);
}

/**
 * Finds an application by its name, in a list of the whole account that is begun after one asks. Who asks while one is under
 * way shares the next: where many are created, a list is not made for each.
 */
export function openFinder(client: Client): (name: string) => Promise<RegisteredApplication | undefined> {
  const call = reading('find', 'ListApplications');
  const listed = shared(() => client(call, codec.applicationsAnswer));
  return async (name) => {
    const found = (await listed()).find((each) => sameName(each.name, name));
    if (found === undefined || found.application !== undefined) return found?.application;
    throw malformed([`the application ${found.name}`], call);
  };
}

export async function createApplication(client: Client, application: Application): Promise<RegisteredApplication> {
  refuseUnsendable(application, 'create');
  const call = making('create', 'CreateApplication', codec.creationOf(application));
  const created = await client(call, codec.applicationAnswer);
  if (sameName(created.name, application.name) && created.type === application.type) return created;
  throw malformed(['Application.AppName'], call);
}

export async function updateApplication(
  client: Client,
  id: string,
  changes: Partial<ApplicationSettings>,
): Promise<RegisteredApplication> {
  refuseUnsendable(changes, 'update');
  const parameters = codec.changesOf(changes);
  if (Object.values(parameters).every((value) => value === undefined)) return unchanged(client, id);
  const call = changing('update', 'UpdateApplication', { AppId: id, ...parameters });
  const updated = await client(call, codec.applicationAnswer);
  if (updated.id !== id) throw malformed(['Application.AppId'], call);
  refuseKeptURIs(updated, changes);
  return updated;
}

/** Fails with `rejected` by the code `DeleteConflict.…` where something is in the way. */
export async function deleteApplication(client: Client, id: string): Promise<void> {
  const call = changing('delete', 'DeleteApplication', { AppId: id });
  await client(call, codec.doneAnswer).catch(absentAs(undefined));
}

/** Takes the application away from the account's users. */
export async function deprovisionApplication(client: Client, id: string): Promise<void> {
  const call = changing('delete', 'DeprovisionApplication', { AppId: id });
  await client(call, codec.doneAnswer).catch(absentAs(undefined));
}

async function unchanged(client: Client, id: string): Promise<RegisteredApplication> {
  const found = await applicationByID(client, id);
  if (found !== undefined) return found;
  throw new RegistryError('absent', `there is no application ${id}`, { operation: 'update' });
}

function refuseUnsendable(settings: Partial<ApplicationSettings>, operation: keyof Registry): void {
  if (codec.unsendable(settings) === undefined) return;
  const message = 'a redirect URI or a scope is empty or has a ";" in it, which separates them';
  throw new RegistryError('rejected', message, { operation });
}

/** Whether the API takes an empty list for one is not documented: its answer says so. */
function refuseKeptURIs({ redirectURIs }: RegisteredApplication, wanted: Partial<ApplicationSettings>): void {
  if (wanted.redirectURIs?.length !== 0 || redirectURIs.length === 0) return;
  const message = 'the API keeps the redirect URIs of an application that is to have none: remove them in the console';
  throw new RegistryError('rejected', message, { operation: 'update' });
}
