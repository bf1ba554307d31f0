/** The way of a pass apart from what it carries out: what is not acted on, what is asked for, what is untrusted. */

import { describe, expect, it } from 'vitest';
import { ClusterError } from '../../src/cluster/cluster.ts';
import { RegistryError } from '../../src/registry/errors.ts';
import { clusterWrites, key, registryWrites, settledWorld, type World, world } from '../support/world.ts';

describe('a resource that is not there', () => {
  it('is done', async () => {
    const made = await world();
    expect(await made.pass()).toEqual({ kind: 'rest' });
    expect(made.cluster.writes).toEqual([]);
  });
});

describe('a suspended resource', () => {
  it('AT52: keeps what was proved, shows an edit as not observed, and says that nobody looks', async () => {
    const made = await settledWorld();
    made.apply({ suspend: true, displayName: 'Edited' });
    expect(await made.pass()).toEqual({ kind: 'rest' });
    expect(made.reasons()).toEqual({
      Accepted: 'Succeeded',
      Registered: 'Succeeded',
      SecretReady: 'Succeeded',
      Ready: 'Succeeded',
      Suspended: 'Succeeded',
    });
    expect(made.resource().status.observedGeneration).toBe(1);
    expect(made.registry.calls).toEqual([]);
    expect(clusterWrites(made)).toEqual(['writeStatus']);
    await made.pass();
    expect(clusterWrites(made), 'nothing more at rest').toEqual(['writeStatus']);
  });

  it('has neither its Secret nor its application repaired', async () => {
    const made = await settledWorld();
    made.apply({ suspend: true });
    made.cluster.outside.deleteSecret('team-a', 'shop');
    await made.registry.outside.delete((await made.application())?.id ?? '');
    await made.rest();
    expect(made.secret()).toBeUndefined();
    expect(await made.application()).toBeUndefined();
  });

  it('is taken up again where the spec is now', async () => {
    const made = await settledWorld();
    made.apply({ suspend: true, displayName: 'Edited' });
    await made.rest();
    made.apply({ displayName: 'Edited' });
    await made.rest();
    expect(await made.application()).toMatchObject({ displayName: 'Edited' });
    expect(made.reasons()).toEqual({
      Accepted: 'Succeeded',
      Registered: 'Succeeded',
      SecretReady: 'Succeeded',
      Ready: 'Succeeded',
    });
    expect(made.resource().status.observedGeneration).toBe(made.resource().generation);
  });

  it('from its first day has no application', async () => {
    const made = await world();
    made.apply({ suspend: true });
    await made.rest();
    expect(made.reasons()).toEqual({ Suspended: 'Succeeded' });
    expect(made.resource().status.observedGeneration).toBe(-1);
    expect(made.registry.calls).toEqual([]);
  });
});

const ours = 'ramify.dev/reconcile-requested-at';
const requests = [
  { name: 'ours', annotations: { [ours]: 'now' }, handled: 'now' },
  { name: "Flux's", annotations: { 'reconcile.fluxcd.io/requestedAt': 'now' }, handled: 'now' },
  { name: 'one of 128 characters', annotations: { [ours]: 'x'.repeat(128) }, handled: 'x'.repeat(128) },
];

describe('a request', () => {
  it.each(requests)('($name) is answered with a look and copied to the status', async ({ annotations, handled }) => {
    const made = await settledWorld();
    made.cluster.outside.edit(key, { annotations: { ...made.resource().annotations, ...annotations } });
    await made.pass();
    expect(made.resource().status.lastHandledReconcileAt).toBe(handled);
    expect(made.registry.calls.map(({ operation }) => operation)).toEqual(['get', 'clientSecrets']);
    expect(clusterWrites(made)).toEqual(['writeStatus']);
  });

  it('stands until the registry can be asked', async () => {
    const made = await settledWorld();
    made.cluster.outside.edit(key, { annotations: { ...made.resource().annotations, [ours]: 'now' } });
    made.registry.failNext('get', new RegistryError('unavailable', 'no answer', { operation: 'get' }));
    await made.pass();
    expect(made.reasons()['Ready']).toBe('?RegistryUnavailable');
    expect(made.resource().status.lastHandledReconcileAt).toBeUndefined();
    await made.pass();
    expect(made.reasons()['Ready']).toBe('Succeeded');
    expect(made.resource().status.lastHandledReconcileAt).toBe('now');
  });

  it('(one that is too long) is told of, once', async () => {
    const made = await settledWorld();
    const { annotations } = made.resource();
    made.cluster.outside.edit(key, { annotations: { ...annotations, [ours]: 'x'.repeat(129) } });
    for (const _pass of [1, 2]) await made.pass();
    const note = `The annotation ${ours} has more than 128 characters and is ignored.`;
    expect(made.cluster.events.map(({ event }) => event)).toMatchObject([{ reason: 'InvalidSpec', note }]);
    expect(clusterWrites(made)).toEqual(['writeStatus']);
  });
});

describe('a spec that predates the schema', () => {
  it('leaves registry and Secret alone and says what is wrong', async () => {
    const made = await settledWorld();
    const before = { secret: made.secret(), application: await made.application() };
    made.apply({ type: 'Browser', displayName: '' });
    expect(await made.pass()).toEqual({ kind: 'terminal' });
    expect(made.reasons()).toMatchObject({ Accepted: '!InvalidSpec', Ready: '!InvalidSpec', Stalled: 'InvalidSpec' });
    expect(made.cluster.events.at(-1)?.event.note).toMatch(/spec\.displayName: .*spec\.type: /);
    expect(made.registry.calls).toEqual([]);
    expect({ secret: made.secret(), application: await made.application() }).toEqual(before);
    expect(made.resource().status.clientID).toBe(before.application?.clientID);
  });

  const unwritable = new ClusterError('invalid', 'spec: Invalid value: "object": no such key: type');

  it('that the API server cannot even check is told of by an event, and rests until it changes', async () => {
    const made = await settledWorld();
    made.apply({ type: 7 });
    made.cluster.failNext('writeStatus', unwritable);
    expect(await made.pass()).toEqual({ kind: 'terminal' });
    expect(made.cluster.events.map(({ event }) => event)).toMatchObject([{ type: 'Warning', reason: 'InvalidSpec' }]);
    expect(made.logged.filter(([level]) => level === 'error')).toEqual([]);
  });

  it('is not blamed for a status that the API server finds invalid', async () => {
    const made = await world();
    made.apply();
    made.cluster.failNext('writeStatus', unwritable);
    await expect(made.pass()).rejects.toThrow('no such key');
  });

  it('keeps a deletion that the API server does not let go of: that is told', async () => {
    const made = await settledWorld();
    made.apply({ type: 7 });
    made.cluster.outside.delete(key);
    made.cluster.failNext('release', unwritable);
    expect(await made.pass()).toEqual({ kind: 'backoff' });
    expect(made.cluster.events.at(-1)?.event).toMatchObject({ reason: 'DeletionBlocked', note: unwritable.message });
  });

  it('with many mistakes names ten of them', async () => {
    const made = await world();
    made.apply({ redirectURIs: Array.from({ length: 15 }, (_, i) => `ftp://${i}.example`) });
    await made.pass();
    const message = made.resource().status.conditions?.find(({ type }) => type === 'Accepted')?.message ?? '';
    expect(message.split('; ')).toHaveLength(11);
    expect(message).toMatch(/and \d+ more$/);
  });

  it('is taken up again once it is mended', async () => {
    const made = await world();
    made.apply({ type: 'Browser' });
    await made.rest();
    made.apply();
    await made.rest();
    expect(made.reasons()['Ready']).toBe('Succeeded');
  });
});

describe('R7: a pass whose time is over', () => {
  const over = new Error('the pass took too long');

  it('writes nothing', async () => {
    const made = await world();
    made.apply();
    await expect(made.pass(key, AbortSignal.abort(over))).rejects.toBe(over);
    expect([clusterWrites(made), registryWrites(made)]).toEqual([[], []]);
  });

  it('writes nothing further, and the next one goes on', async () => {
    const made = await world();
    const time = new AbortController();
    const { hold } = made.cluster;
    made.cluster.hold = (...args) => {
      time.abort(over);
      return hold(...args);
    };
    made.apply();
    await expect(made.pass(key, time.signal)).rejects.toBe(over);
    expect([clusterWrites(made), registryWrites(made)]).toEqual([['hold'], []]);
    await made.rest();
    expect(made.reasons()['Ready']).toBe('Succeeded');
  });

  it('does not say what it found', async () => {
    const made = await settledWorld();
    made.apply({ type: 'Browser' });
    await expect(made.pass(key, AbortSignal.abort(over))).rejects.toBe(over);
    expect(clusterWrites(made)).toEqual([]);
  });

  it('lets nothing go', async () => {
    const made = await settledWorld();
    made.cluster.outside.delete(key);
    await expect(made.pass(key, AbortSignal.abort(over))).rejects.toBe(over);
    expect([clusterWrites(made), registryWrites(made)]).toEqual([[], []]);
  });
});

describe('what somebody strips', () => {
  const marks = ['ramify.dev/binding', 'ramify.dev/operation'] as const;

  it('from the resource is held again', async () => {
    const made = await settledWorld();
    made.cluster.outside.edit(key, { annotations: {}, finalizers: [] });
    await made.rest();
    expect(made.resource().finalizers).toEqual(['ramify.dev/application']);
    expect(Object.keys(made.resource().annotations)).toEqual(['ramify.dev/binding']);
    expect(registryWrites(made)).toEqual([]);
    expect(made.reasons()['Ready']).toBe('Succeeded');
  });

  it('together with the status leaves an application that nobody may claim without adoption', async () => {
    const made = await settledWorld();
    made.cluster.outside.edit(key, { annotations: {}, finalizers: [], status: { observedGeneration: -1 } });
    await made.rest();
    expect(made.reasons()['Registered']).toBe('!NameConflict');
    expect(registryWrites(made)).toEqual([]);
  });

  it('from the status is proved anew by the binding, with the same client ID', async () => {
    const made = await settledWorld();
    const { status: before } = made.resource();
    made.cluster.outside.edit(key, { status: { observedGeneration: -1 } });
    await made.rest();
    const { clientID, applicationID, clientSecrets } = before;
    expect(made.resource().status).toMatchObject({ clientID, applicationID, clientSecrets, provenance: 'Created' });
    expect(registryWrites(made)).toEqual([]);
  });

  it.each(marks)('or garbles in %s is as good as absent', async (mark) => {
    const made = await settledWorld();
    made.cluster.outside.edit(key, { annotations: { ...made.resource().annotations, [mark]: '{"id":' } });
    await made.rest();
    expect(made.reasons()['Ready']).toBe('Succeeded');
    expect(registryWrites(made)).toEqual([]);
  });

  it('of a resource that a backup brought back is proved anew by the binding, whatever was edited since', async () => {
    const made = await settledWorld();
    made.apply({ displayName: 'Edited' });
    await made.rest();
    const {
      annotations,
      status: { clientID },
    } = made.resource();
    made.cluster.outside.edit(key, { finalizers: [] });
    made.cluster.outside.delete(key);
    made.advance(86_400_000);
    made.apply({ displayName: 'Edited again' });
    made.cluster.outside.edit(key, { annotations });
    await made.rest();
    expect(made.resource().status.clientID).toBe(clientID);
    expect(await made.application()).toMatchObject({ displayName: 'Edited again' });
  });

  it('a client secret that was switched off goes although the status was lost before', async () => {
    const web = { protocolVersion: '2.1' };
    const made = await settledWorld({ ...web, secretRequired: true });
    made.cluster.outside.edit(key, { status: { observedGeneration: -1 } });
    made.apply(web);
    await made.rest();
    expect(made.values()).not.toHaveProperty('client_secret');
    expect(await liveSecrets(made), 'pods may still hold it').toHaveLength(1);
    made.advance(86_400_000);
    await made.rest();
    expect(await liveSecrets(made)).toEqual([]);
  });
});

async function liveSecrets({ application, registry }: World) {
  return registry.outside.clientSecrets((await application())?.id ?? '');
}
