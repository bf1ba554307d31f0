/**
 * `ramify store`: what is done with a store besides serving it.
 *
 * @module
 */

import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import type { BackupConfig, ResealConfig } from '../config.ts';
import { backUpStore } from '../registry/store/open.ts';
import { RequestRefusedError, requestBackup, requestReseal } from './store-socket.ts';

/**
 * Backs a store up, by the process that holds it or, if there is none, here; gives the line that says so.
 *
 * @throws what `farewellOf` knows
 */
export async function backUp({ store, storeKeyFile, to }: BackupConfig): Promise<string> {
  const file = resolve(to);
  if (!(await requestBackup(store, file))) {
    const keyFile = storeKeyFile ?? `${store}.key`;
    await backUpStore({ path: store, keyFile, clock: Date.now, random: randomBytes }, file);
  }
  return `backed up to ${file}; the keys are not in it: keep the key file as well, and elsewhere`;
}

/**
 * Has the process that holds a store seal it with the newest key of its key file; gives the line that says so.
 *
 * @throws RequestRefusedError, also where no process holds it: whoever opens it next seals it.
 */
export async function resealStore({ store }: ResealConfig): Promise<string> {
  const done = await requestReseal(store);
  if (done === undefined) {
    throw new RequestRefusedError(`no controller holds the store ${store}: the next one that starts seals it`);
  }
  const { version, count } = done;
  return `sealed with key ${version}, ${count} client secrets anew; keep the other keys for as long as a backup needs them`;
}
