/**
 * A process that is killed in the middle of sealing a store anew: `reseal-killed.ts PATH KEYFILE`.
 *
 * @module
 */

import { randomBytes } from 'node:crypto';
import { openStore } from '../../../src/registry/store/open.ts';

const [, , path = '', keyFile = ''] = process.argv;
const store = await openStore({ path, keyFile, clock: Date.now, random: randomBytes });
process.stdout.write('open\n');
process.stdin.once('data', () => {
  let steps = 0;
  const onProgress = () => {
    steps += 1;
    if (steps === 2) process.kill(process.pid, 'SIGKILL');
  };
  void store.reseal(onProgress, new AbortController().signal);
});
