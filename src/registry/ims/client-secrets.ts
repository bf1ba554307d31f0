/**
 * Client secrets by calls of the API. An answer about another application or client secret is not acted on.
 *
 * @module
 */

import type { ClientSecret, IssuedClientSecret } from '../../core/state.ts';
import { type Client, changing, making, reading } from './client.ts';
import * as codec from './codec.ts';
import { absentAs, malformed } from './errors.ts';

/** Oldest first. */
export async function listClientSecrets(client: Client, applicationID: string): Promise<readonly ClientSecret[]> {
  const call = reading('clientSecrets', 'ListAppSecretIds', { AppId: applicationID });
  const found = await client(call, codec.clientSecretsAnswer).catch(absentAs([]));
  if (found.some(({ of }) => of !== applicationID)) throw malformed(['AppSecrets.AppSecret.AppId'], call);
  return found.map(({ id, createTime }) => ({ id, createTime })).toSorted((a, b) => a.createTime - b.createTime);
}

/** Sources do not agree on whether the API gives values again: `undefined` where it does not. */
export async function readClientSecret(
  client: Client,
  applicationID: string,
  id: string,
): Promise<IssuedClientSecret | undefined> {
  const call = reading('readClientSecret', 'GetAppSecret', { AppId: applicationID, AppSecretId: id });
  const found = await client(call, codec.issuedAnswer).catch(absentAs(undefined));
  if (found === undefined) return undefined;
  const { of, value, createTime } = found;
  if (of !== applicationID || found.id !== id) throw malformed(['AppSecret.AppSecretId'], call);
  return value && { id, createTime, value };
}

/** One that comes without its value is of no use: that it exists is for the caller to find. */
export async function issueClientSecret(client: Client, applicationID: string): Promise<IssuedClientSecret> {
  const call = making('issueClientSecret', 'CreateAppSecret', { AppId: applicationID });
  const { of, value, id, createTime } = await client(call, codec.issuedAnswer);
  if (of !== applicationID) throw malformed(['AppSecret.AppId'], call);
  if (value === undefined) throw malformed(['AppSecret.AppSecretValue'], call);
  return { id, createTime, value };
}

export async function deleteClientSecret(client: Client, applicationID: string, id: string): Promise<void> {
  const call = changing('deleteClientSecret', 'DeleteAppSecret', { AppId: applicationID, AppSecretId: id });
  await client(call, codec.doneAnswer).catch(absentAs(undefined));
}
