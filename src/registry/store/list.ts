/**
 * All applications of the store with their client secrets, as of one moment: a page at a time, inside one transaction.
 *
 * @module
 */

import { setImmediate } from 'node:timers/promises';
import type { Transaction } from 'kysely';
import type { ListedApplication } from '../../core/state.ts';
import { nextApplications } from './applications.ts';
import { clientSecretsBetween } from './client-secrets.ts';
import type { Schema } from './schema.ts';

/** Applications on a page. SQLite answers at once: more would hold up everything else in the process. */
export const pageSize = 500;

export async function listApplications(trx: Transaction<Schema>): Promise<readonly ListedApplication[]> {
  const all: ListedApplication[] = [];
  let page = await nextPage(trx, '');
  for (; page.length === pageSize; page = await nextPage(trx, all.at(-1)?.id ?? '')) {
    all.push(...page);
    await setImmediate();
  }
  return [...all, ...page];
}

async function nextPage(trx: Transaction<Schema>, after: string): Promise<readonly ListedApplication[]> {
  const applications = await nextApplications(trx, after, pageSize);
  const [first, last] = [applications[0], applications.at(-1)];
  if (first === undefined || last === undefined) return [];
  const secrets = await clientSecretsBetween(trx, first.id, last.id);
  return applications.map((application) => ({ ...application, clientSecrets: secrets.get(application.id) ?? [] }));
}
