/**
 * An account in the cloud: the registry server over a store, on a port of its own.
 *
 * @module
 */

import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { openStore } from '../../src/registry/store/open.ts';
import type { StoreRegistry } from '../../src/registry/store/store.ts';
import { openServer, type ServerOptions } from '../../src/server/server.ts';
import { accessKey } from '../server/requests.ts';

export interface Account {
  /** Every call to it is what somebody else does. */
  readonly store: StoreRegistry;
  readonly endpoint: string;
  /** What it was asked since it was last looked at; lists of the account are not counted. */
  asked(): readonly string[];
  /** How often it was listed, in all. */
  lists(): number;
}

/** Variables by which a controller's process finds the access key to each account. */
export const accessKeyVariables = {
  ALIBABA_CLOUD_ACCESS_KEY_ID: accessKey.id,
  ALIBABA_CLOUD_ACCESS_KEY_SECRET: accessKey.secret.reveal(),
};

/** Serves an account until the file's last test; its store is in `folder`. */
export async function openAccount(
  folder: string,
  name: string,
  { behaviour }: Pick<ServerOptions, 'behaviour'> = {},
): Promise<Account> {
  const path = join(folder, `${name}.db`);
  const store = await openStore({ path, keyFile: `${path}.key`, clock: Date.now, random: randomBytes });
  const log = { error: (fields: object) => expect.fail(JSON.stringify(fields)) };
  const asked: string[] = [];
  let lists = 0;
  const journal = ({ action = '' }) => {
    if (action === 'ListApplications') lists++;
    else if (action !== 'GetCallerIdentity') asked.push(action);
  };
  const options = { registry: store, accessKeys: [accessKey], clock: Date.now, newID: randomUUID, log, journal };
  const server = await openServer({ ...options, ...(behaviour && { behaviour }) });
  const { port, close } = await server.listen({ host: '127.0.0.1', port: 0 });
  afterAll(async () => {
    await close();
    await store.close();
  });
  return { store, endpoint: `http://127.0.0.1:${port}`, asked: () => asked.splice(0), lists: () => lists };
}
