/**
 * The limit: makes the controller's writes, or all its requests, for each application that comes, and nothing else.
 *
 * It knows what came from a watch, as the controller does; it parses, compares, decides and registers nothing.
 *
 * @module
 */

import { type Access, openClient } from './client.ts';
import { requestAll, type Templates, writeAll } from './limit.ts';
import { work } from './partner.ts';

/** What the bare client is asked for. */
export interface Imitating {
  readonly access: Access;
  readonly namespace: string;
  /** After how many applications it is done. */
  readonly count: number;
  readonly inFlight: number;
  readonly templates: Templates;
  readonly requests: Requests;
}

/** What is asked of the API server for each application: the three writes, or all five. */
export type Requests = 'writes' | 'all';

const imitations = { writes: writeAll, all: requestAll };

work(async ({ access, namespace, count, inFlight, templates, requests }: Imitating) => {
  const client = openClient(access, inFlight);
  const written: Promise<void>[] = [];
  try {
    for await (const { type, object } of client.watchApplications(namespace)) {
      if (type === 'ADDED') written.push(imitations[requests](client, templates, object));
      if (written.length === count) break;
    }
    await Promise.all(written);
  } finally {
    await client.close();
  }
});
