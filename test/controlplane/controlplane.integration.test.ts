/**
 * What the other tests rely on: that the shared control plane behaves as a cluster does.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { sharedCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';

const cluster = sharedCluster();

function configMap(name: string, metadata: object = {}) {
  return JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...metadata } });
}

/** Creates a ConfigMap and returns the reference with which another object names it as its owner. */
async function createOwner(namespace: string) {
  const path = `/api/v1/namespaces/${namespace}/configmaps`;
  const { body } = await cluster.request<{ metadata: { uid: string } }>('POST', path, configMap('owner'));
  return { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: body.metadata.uid };
}

async function statusOf(namespace: string, name: string): Promise<number> {
  return (await cluster.request('GET', `/api/v1/namespaces/${namespace}/configmaps/${name}`)).status;
}

describe('the shared control plane', () => {
  it('speaks with a kubectl of its own version', async () => {
    const { clientVersion, serverVersion } = JSON.parse(await cluster.kubectl('version', '--output=json'));
    expect(serverVersion.gitVersion).toMatch(/^v1\.\d+\.\d+/);
    expect(clientVersion.minor).toBe(serverVersion.minor);
  });

  it('applies what it is given, and says why where it refuses', async () => {
    const namespace = await cluster.testNamespace();
    expect(await cluster.apply(configMap('given'), '-n', namespace)).toBe('configmap/given created\n');
    await expect(cluster.apply(configMap('Not_a_name'), '-n', namespace)).rejects.toThrow('RFC 1123');
  });

  it('refuses who has no right', async () => {
    const listing = cluster.kubectl('get', 'secrets', '--as=somebody');
    await expect(listing).rejects.toThrow('User "somebody" cannot list resource "secrets"');
  });

  it('lets nobody block the deletion of an owner whose finalizers he may not set', async () => {
    const namespace = await cluster.testNamespace();
    const rights = ['--verb=get,create,patch', '--resource=configmaps', '-n', namespace];
    await cluster.kubectl('create', 'role', 'writer', ...rights);
    await cluster.kubectl('create', 'rolebinding', 'writer', '--role=writer', '--user=somebody', '-n', namespace);
    await eventually(() => cluster.apply(configMap('allowed'), '-n', namespace, '--as=somebody'));
    const blocking = { ...(await createOwner(namespace)), controller: true, blockOwnerDeletion: true };
    const owned = configMap('owned', { ownerReferences: [blocking] });
    const applied = cluster.apply(owned, '-n', namespace, '--as=somebody');
    // A ConfigMap has no finalizers subresource; the plug-in asks for the right to it all the same.
    await expect(applied).rejects.toThrow('cannot set blockOwnerDeletion');
  });

  it('collects what a deleted owner leaves behind', async ({ skip }) => {
    skip(!cluster.access.controllerManager, 'skipped: no kube-controller-manager');
    const namespace = await cluster.testNamespace();
    const owner = await createOwner(namespace);
    await cluster.apply(configMap('owned', { ownerReferences: [owner] }), '-n', namespace);
    await cluster.kubectl('delete', 'configmap', 'owner', '-n', namespace);
    await eventually(async () => (await statusOf(namespace, 'owned')) === 404);
  });

  it('writes each request to the audit log', async ({ skip }) => {
    skip(cluster.access.auditLog === undefined, 'skipped: an existing cluster shows us no audit log');
    const namespace = await cluster.testNamespace();
    await statusOf(namespace, 'asked-for');
    const [event] = await eventually(async () => {
      const events = await cluster.auditEvents(({ objectRef }) => objectRef?.namespace === namespace);
      const found = events.filter(({ objectRef }) => objectRef?.name === 'asked-for');
      return found.length > 0 && found;
    });
    expect(event).toMatchObject({ verb: 'get', user: { username: 'admin' }, responseStatus: { code: 404 } });
  });
});
