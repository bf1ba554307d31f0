/**
 * `ramify store`: what is done with a store besides serving it.
 *
 * @module
 */

import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import type { BackupConfig } from '../config.ts';
import { backUpStore } from '../registry/store/open.ts';
import { requestBackup } from './backup-socket.ts';

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
