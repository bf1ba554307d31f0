/**
 * Applies OAuthApplications, as many as it is told at once.
 *
 * @module
 */

import { application } from './application.ts';
import { type Access, applicationsPath, openClient } from './client.ts';
import { work } from './partner.ts';

/** What an applier is asked for. */
export interface Applying {
  readonly access: Access;
  readonly namespace: string;
  readonly names: readonly string[];
  /** How many requests are on their way at a time. */
  readonly inFlight: number;
}

work(async ({ access, namespace, names, inFlight }: Applying) => {
  const client = openClient(access, inFlight);
  const path = applicationsPath(namespace);
  try {
    await Promise.all(names.map((name) => client.send('POST', path, application(name))));
  } finally {
    await client.close();
  }
});
