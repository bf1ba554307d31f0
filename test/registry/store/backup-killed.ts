/**
 * A process that is killed in the middle of a backup: `backup-killed.ts PATH KEYFILE TO`.
 *
 * @module
 */

import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { openStore } from '../../../src/registry/store/open.ts';

const [, , path = '', keyFile = '', to = ''] = process.argv;
const store = await openStore({ path, keyFile, clock: Date.now, random: randomBytes });
void store.backup(to);
// The copy's end is an event, and none is heard here: what comes after it is never begun.
while (!existsSync(`${to}.partial`)) await Promise.resolve();
process.kill(process.pid, 'SIGKILL');
