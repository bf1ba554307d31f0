/**
 * The port against a real API server: Secrets that others changed, deleted or made again meanwhile.
 *
 * @module
 */

import { beforeAll, describe, expect, test } from 'vitest';
import type { Cluster as Port } from '../../src/cluster/cluster.ts';
import type { ObservedSecret } from '../../src/core/state.ts';
import { uid as otherUID } from '../support/builders.ts';
import { type Delivered, type Deliveries, openDeliveries } from './deliveries.ts';

let given: Deliveries;
let port: Port;

beforeAll(async () => {
  given = await openDeliveries();
  ({ port } = given);
});

describe('a write for another state is a conflict, and changes nothing', () => {
  type Write = (at: Delivered, secret: ObservedSecret) => Promise<unknown>;
  const writes: readonly (readonly [string, Write])[] = [
    ['patch', ({ resource, manifest }, secret) => port.patchSecret(resource, secret, manifest({ data: {} }))],
    ['replace', ({ resource, manifest }, secret) => port.replaceSecret(resource, secret, manifest())],
    ['retire', ({ resource }, secret) => port.retireSecret(resource, secret)],
    ['disown', ({ resource }, secret) => port.disownSecret(resource, secret)],
    ['delete', ({ resource }, secret) => port.deleteSecret(resource, secret)],
  ];

  test.each(writes)('%s of a Secret that changed since', async (name, write) => {
    const at = await given.deliver(`stale-${name}`);
    const { resourceVersion } = await given.share(at);
    await expect(write(at, at.secret)).rejects.toMatchObject({ name: 'ClusterError', code: 'conflict' });
    expect((await given.secret(at.secret.name)).metadata.resourceVersion).toBe(resourceVersion);
  });

  test.each(writes)('%s of another Secret of the name', async (name, write) => {
    const at = await given.deliver(`other-${name}`);
    await expect(write(at, { ...at.secret, uid: otherUID })).rejects.toMatchObject({ code: 'conflict' });
    expect((await given.secret(at.secret.name)).metadata.resourceVersion).toBe(at.secret.resourceVersion);
  });

  test('patch of a Secret that is gone makes none', async () => {
    const at = await given.deliver('gone-patch');
    await given.delete('secrets', at.secret.name);
    await expect(port.patchSecret(at.resource, at.secret, at.manifest())).rejects.toMatchObject({ code: 'conflict' });
    expect(await given.live('secrets', at.secret.name)).toBeUndefined();
  });

  test.each(writes.filter(([name]) => ['retire', 'disown', 'delete'].includes(name)))(
    '%s of a Secret that is gone succeeds',
    async (name, write) => {
      const at = await given.deliver(`gone-${name}`);
      await given.delete('secrets', at.secret.name);
      await expect(write(at, at.secret)).resolves.toBeUndefined();
    },
  );
});
