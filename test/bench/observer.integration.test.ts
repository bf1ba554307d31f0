/** What a measured process tells of itself, with a store in it as the controller has one. */

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import type { Figures } from './controller.ts';
import { listsIn, readsIn } from './statements.ts';

const at = (file: string) => fileURLToPath(new URL(file, import.meta.url));

/** A program with the observer in it, and what it answers. */
function observed(program: string, ...args: readonly string[]) {
  const child = fork(at(program), args, {
    execArgv: ['--import', at('observer.mjs')],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ask = async (what: 'fresh' | 'figures'): Promise<Figures> => {
    child.send({ ask: what });
    const [answer] = await once(child, 'message');
    return answer;
  };
  return { child, ask, said: once(child.stdout ?? child, 'data') };
}

test('the lists and reads of a store are counted, and the longest stall is seen', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ramify-observer-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const { child, ask, said } = observed('observed.ts', join(folder, 'store.db'));
  await said;
  await ask('fresh');
  child.send({ lists: 2, reads: 3, stallMilliseconds: 120 });
  await once(child, 'message');
  const { statements, stallMilliseconds } = await ask('figures');
  expect([listsIn(statements, 1), readsIn(statements)]).toEqual([2, 3]);
  expect(stallMilliseconds).toBeGreaterThanOrEqual(120);
});
