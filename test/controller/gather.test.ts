/** What a pass reads, and what it does not wait for. */

import { expect, test } from 'vitest';
import { gather } from '../../src/controller/gather.ts';
import { openListing } from '../../src/controller/listing.ts';
import { desired, resource, t0 } from '../support/builders.ts';
import { memoryCluster } from '../support/memory-cluster.ts';
import { memoryRegistry } from '../support/memory-registry.ts';

test('the application and the Secret are asked for at the same time', async () => {
  const clock = () => t0;
  const registry = memoryRegistry({ clock });
  const cluster = memoryCluster({ clock, onStatus: async () => {} });
  const application = Promise.withResolvers<void>();
  const secret = Promise.withResolvers<void>();
  // Neither answers before the other is asked.
  const find = async (name: string) => {
    application.resolve();
    await secret.promise;
    return registry.find(name);
  };
  const readSecret: typeof cluster.readSecret = async (...asked) => {
    secret.resolve();
    await application.promise;
    return cluster.readSecret(...asked);
  };
  const listing = openListing(0, clock);
  const found = await gather(
    resource(),
    desired(),
    { registry: { ...registry, find }, listing, known: {} },
    { ...cluster, readSecret },
    0,
  );
  expect(found).toMatchObject({ application: undefined, secret: undefined, clientSecrets: [], renamedSecrets: [] });
});
