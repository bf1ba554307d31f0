/**
 * A process of its own that works for the measurement: started beforehand, asked once for each piece of work.
 *
 * @module
 */

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** What a partner answers: what came of it, or why nothing did. */
type Reply = { readonly done: unknown } | { readonly failed: string };

export interface Partner {
  readonly pid: number;
  /** Has it do one piece of work; one at a time. */
  ask(asked: object): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a program of this folder and waits until it is there. It ends with this process, however that ends. */
export async function startPartner(program: string): Promise<Partner> {
  const child = fork(fileURLToPath(new URL(program, import.meta.url)));
  await reply(child);
  return {
    pid: child.pid ?? 0,
    ask: async (asked) => {
      child.send(asked);
      await reply(child);
    },
    stop: async () => {
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}

async function reply(child: ChildProcess): Promise<void> {
  const over = new AbortController();
  const ended = once(child, 'exit', over).then(() => [{ failed: 'the process ended' }]);
  const [answer]: Reply[] = await Promise.race([once(child, 'message'), ended]).finally(() => over.abort());
  if (answer === undefined || 'failed' in answer) throw new Error(answer?.failed ?? 'there is no answer');
}

/**
 * The partner's side: says that it is there, and does the work that it is asked for. To be called once.
 *
 * @param perform takes what whoever started the program gives to `ask`
 */
export function work(perform: (asked: never) => Promise<void>): void {
  const tell = (answer: Reply) => process.send?.(answer);
  process.on('message', (asked) => {
    perform(asked as never).then(
      () => tell({ done: true }),
      (error: unknown) => tell({ failed: String(error) }),
    );
  });
  process.on('disconnect', () => process.exit());
  tell({ done: true });
}
