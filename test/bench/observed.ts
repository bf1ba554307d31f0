/**
 * A process with a store, for the observer's own test: `observed.ts STORE`. Lists, reads and stalls as it is told.
 *
 * @module
 */

import { randomBytes } from 'node:crypto';
import { openStore } from '../../src/registry/store/open.ts';

/** What it is told by a message; it answers when it has done so. */
interface Task {
  readonly lists: number;
  readonly reads: number;
  readonly stallMilliseconds: number;
}

const [, , path = ''] = process.argv;
const store = await openStore({ path, keyFile: `${path}.key`, clock: Date.now, random: randomBytes });
process.stdout.write('open\n');

async function perform({ lists, reads, stallMilliseconds }: Task): Promise<void> {
  for (let run = 0; run < lists; run += 1) await store.list();
  for (let run = 0; run < reads; run += 1) await store.get('4000000000000000000');
  const end = performance.now() + stallMilliseconds;
  while (performance.now() < end);
}

process.on('message', (task: Partial<Task>) => {
  if (task.lists === undefined) return;
  void perform({ lists: 0, reads: 0, stallMilliseconds: 0, ...task }).then(() => process.send?.({}));
});
// The observer keeps nobody alive; here nothing else does.
process.channel?.ref();
