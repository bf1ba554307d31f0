/**
 * A process that takes a store through `longMigrations` and stays in the middle of it: `migrator.ts PATH KEYFILE`.
 *
 * @module
 */

import { randomBytes } from 'node:crypto';
import { openStore } from '../../../src/registry/store/open.ts';
import { longMigrations } from './migrations.ts';

const [, , path = '', keyFile = ''] = process.argv;

const halfway = () => {
  process.stdout.write('halfway\n');
  return new Promise<void>(() => setInterval(() => undefined, 1_000));
};
await openStore({ path, keyFile, clock: Date.now, random: randomBytes, migrations: longMigrations(halfway) });
