/**
 * A replica that is built on client-go's own leader election (`elector/` beside this file), as a process.
 *
 * @module
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { obtainGoProgram } from '../support/go-program.ts';

/** Its program; `undefined`, after saying so, where there is no Go. */
export function obtainGoElector(): Promise<string | undefined> {
  const module = new URL('elector/', import.meta.url);
  return obtainGoProgram({ name: 'elector', module, args: ['.'], takes: 'half a minute' });
}

/** Starts it; it ends with the test. */
export function startGoElector(program: string, flags: readonly string[]) {
  const child = spawn(program, flags, { stdio: ['ignore', 'pipe', 'ignore'] });
  const exited = once(child, 'exit');
  const said: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => said.push(line));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  return { isLeading: () => said.at(-1) === 'leading', kill: (signal: NodeJS.Signals) => child.kill(signal) };
}
