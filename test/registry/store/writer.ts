/**
 * A process that holds a store and writes to it until it is killed: `writer.ts PATH KEYFILE [UID]`.
 *
 * Prints a line of JSON when the store is held or refused, and one after each pair of writes that was acknowledged.
 *
 * @module
 */

import { randomBytes, randomUUID } from 'node:crypto';
import { StoreError } from '../../../src/registry/store/errors.ts';
import { openStore } from '../../../src/registry/store/open.ts';
import { application } from '../applications.ts';

const [, , path = '', keyFile = '', uid] = process.argv;
const print = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);

// Only now, with everything loaded: that user may have no right to read a checkout.
if (uid !== undefined) process.setgid?.(Number(uid));
if (uid !== undefined) process.setuid?.(Number(uid));

try {
  const store = await openStore({ path, keyFile, clock: Date.now, random: randomBytes });
  print({ held: true });
  for (;;) {
    const { id } = await store.create(application({ name: randomUUID() }), randomUUID());
    const { value } = await store.issueClientSecret(id, randomUUID());
    print({ id, value: value.reveal() });
  }
} catch (error) {
  print({ refused: error instanceof StoreError ? error.code : String(error) });
}
