/**
 * The port against a real API server: Secrets that others changed, deleted or made again meanwhile.
 *
 * @module
 */

import { beforeAll, describe, expect, test } from 'vitest';
import type { Cluster as Port } from '../../src/cluster/cluster.ts';
import type { ObservedSecret } from '../../src/core/state.ts';
import { uid as otherUID } from '../support/builders.ts';
import { eventually } from '../support/eventually.ts';
import { type Delivered, type Deliveries, openDeliveries } from './deliveries.ts';

let given: Deliveries;
let port: Port;

beforeAll(async () => {
  given = await openDeliveries();
  ({ port } = given);
});

/** Refuses deletion and changes of one Secret, as an admission policy of a platform team may. */
function denial(namespace: string, name: string): string {
  const metadata = { name: namespace };
  const apiVersion = 'admissionregistration.k8s.io/v1';
  const resourceRules = [
    { apiGroups: [''], apiVersions: ['v1'], operations: ['UPDATE', 'DELETE'], resources: ['secrets'] },
  ];
  const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': namespace } };
  const policy = {
    matchConstraints: { resourceRules, namespaceSelector },
    validations: [{ expression: `request.name != '${name}'`, message: 'Secrets stay as they are' }],
  };
  const binding = { policyName: namespace, validationActions: ['Deny'] };
  const items = [
    { apiVersion, kind: 'ValidatingAdmissionPolicy', metadata, spec: policy },
    { apiVersion, kind: 'ValidatingAdmissionPolicyBinding', metadata, spec: binding },
  ];
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}

const isTrue = () => true;
const isFalse = () => false;

test('every write of a Secret that an admission policy denies is refused, and its message is told', async () => {
  const at = await given.deliver('denied');
  const { resource, secret, manifest } = at;
  const immutable = { ...secret, immutable: true };
  await given.cluster.apply(denial(given.namespace, secret.name));
  try {
    // It takes the API server a moment to heed a new policy; a write that changes nothing tells when it does.
    const isDenied = () => port.patchSecret(resource, secret, manifest()).then(isFalse, isTrue);
    await eventually(isDenied);
    const writes = [
      () => port.patchSecret(resource, secret, manifest({ owned: false })),
      () => port.replaceSecret(resource, immutable, manifest()),
      () => port.retireSecret(resource, secret),
      () => port.disownSecret(resource, secret),
      () => port.deleteSecret(resource, secret),
    ];
    for (const write of writes) {
      const message = expect.stringContaining('Secrets stay as they are');
      await expect(write()).rejects.toMatchObject({ name: 'ClusterError', code: 'refused', message });
    }
  } finally {
    const name = given.namespace;
    await given.cluster.kubectl('delete', 'validatingadmissionpolicybinding,validatingadmissionpolicy', name);
  }
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
