/** The reflector while its API server is killed and comes back. */

import { expect, test } from 'vitest';
import { collectionPath, objectPath } from '../../src/kube/path.ts';
import { ownCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { configMaps, reflect, transportTo } from './real.ts';

test('L3, L4, L7: after kill -9 of the API server and its return, a watch goes on and tells only what changed', async () => {
  const cluster = await ownCluster({ controllerManager: false });
  const transport = await transportTo(cluster.access);
  const path = collectionPath(configMaps, 'default');
  for (let n = 0; n < 50; n++) await transport.create(path, { metadata: { name: `c${n}` } });
  const { cache, reflector, changes, errors } = reflect({ transport, resource: configMaps, namespace: 'default' });
  await reflector.synced;
  const told = changes.length;
  await cluster.servers.kill('kube-apiserver');
  await eventually(() => errors.length >= 2);
  await cluster.servers.start('kube-apiserver');
  const changed = await eventually(() =>
    transport.patch(objectPath(configMaps, { namespace: 'default', name: 'c7' }), { data: { k: 'v' } }),
  );
  const { resourceVersion } = changed.metadata;
  await eventually(() => cache.get('default/c7')?.metadata.resourceVersion === resourceVersion);
  expect(changes.slice(told).map(({ key }) => key)).toEqual(['default/c7']);
});
