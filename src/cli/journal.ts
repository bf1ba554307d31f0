/**
 * The journal of the registry server as a file: a line of JSON for each call, only ever appended to.
 *
 * @module
 */

import { appendFileSync, closeSync, openSync } from 'node:fs';
import { unusable } from '../config.ts';
import { messageOf } from '../controller/log.ts';
import type { Entry } from '../server/journal.ts';

/** Where calls are noted. */
export interface Journal {
  /** Notes a call before it is answered; where that fails, the log is told and the call answered all the same. */
  write(entry: Entry): void;
  close(): void;
}

/**
 * Opens the file, made with mode 0600 if it is missing; without a path, nothing is noted.
 *
 * @throws ConfigError
 */
export function openJournal(path: string | undefined, log: { error(fields: object, message: string): void }): Journal {
  if (path === undefined) return { write: () => undefined, close: () => undefined };
  const file = open(path);
  return {
    write: (entry) => {
      try {
        appendFileSync(file, `${JSON.stringify(entry)}\n`);
      } catch (error) {
        log.error({ error: messageOf(error) }, 'a call was not noted in the journal');
      }
    },
    close: () => closeSync(file),
  };
}

function open(path: string): number {
  try {
    return openSync(path, 'a', 0o600);
  } catch (error) {
    throw unusable('journal', error);
  }
}
