/**
 * The registry kept by Alibaba Cloud: the port over the IMS API, version 2019-08-15.
 *
 * The API knows no operations of ours, so what is not idempotent fails with `uncertain` where its outcome is not known. It has
 * no pages and finds nothing by name: one list is the whole account.
 *
 * @module
 */

import type { Account, Registry } from '../registry.ts';
import * as applications from './applications.ts';
import type { Client } from './client.ts';
import * as clientSecrets from './client-secrets.ts';
import { isRefusedFor } from './errors.ts';

export interface ImsOptions {
  readonly client: Client;
  readonly account: () => Promise<Account>;
}

/** The port over calls of the API. */
export function imsRegistry({ client, account }: ImsOptions): Registry {
  return {
    account,
    list: () => applications.listApplications(client),
    get: (id) => applications.applicationByID(client, id),
    find: applications.openFinder(client),
    create: (application) => applications.createApplication(client, application),
    update: (id, changes) => applications.updateApplication(client, id, changes),
    delete: (id) => deleteWholly(client, id),
    clientSecrets: (id) => clientSecrets.listClientSecrets(client, id),
    readClientSecret: (id, secretID) => clientSecrets.readClientSecret(client, id, secretID),
    issueClientSecret: (id) => clientSecrets.issueClientSecret(client, id),
    deleteClientSecret: (id, secretID) => clientSecrets.deleteClientSecret(client, id, secretID),
  };
}

/** Whether client secrets and provisioning are in the way of a deletion is not documented: if so, they go first. */
async function deleteWholly(client: Client, id: string): Promise<void> {
  try {
    await applications.deleteApplication(client, id);
  } catch (error) {
    if (!isRefusedFor(error, 'DeleteConflict.')) throw error;
    await applications.deprovisionApplication(client, id);
    for (const secret of await clientSecrets.listClientSecrets(client, id))
      await clientSecrets.deleteClientSecret(client, id, secret.id);
    await applications.deleteApplication(client, id);
  }
}
