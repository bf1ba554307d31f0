/** The life of a client secret in the loop: replaced, served, revoked. */

import { describe, expect, it } from 'vitest';
import {
  ask,
  elapse,
  hour,
  live,
  revoke,
  roles,
  rotate,
  rotating,
  secretReady,
  unlisted,
} from '../support/rotating.ts';
import { clusterWrites, key, registryWrites, settledWorld } from '../support/world.ts';

describe.each([
  { where: 'that gives values back', options: {} },
  { where: 'that does not', options: unlisted },
])('in a registry $where', ({ options }) => {
  it('a client secret is replaced when its interval is over, and works on for the overlap', async () => {
    const made = await settledWorld(rotating, options);
    const { client_secret: first } = made.values();
    await elapse(made, 21 * hour);
    expect(made.values()['client_secret'], 'not more than a tenth early').toBe(first);
    expect(registryWrites(made)).toEqual([]);

    const due = Date.parse(made.resource().status.nextRotationTime ?? '');
    await elapse(made, 6 * hour);
    expect(registryWrites(made)).toEqual(['issueClientSecret', 'deleteClientSecret']);
    expect(made.values()['client_secret']).not.toBe(first);
    expect(roles(made)).toEqual(['Current']);
    expect(Date.parse(made.resource().status.nextRotationTime ?? '') - due).toBeGreaterThan(20 * hour);
    expect(made.reasons()).toMatchObject({ Ready: 'Succeeded' });
  });

  it('what is due is all that is done: nothing is asked or written before', async () => {
    const made = await settledWorld(rotating, options);
    await made.resync();
    made.registry.calls.length = 0;
    made.cluster.writes.length = 0;
    expect(await made.pass()).toEqual({ kind: 'after', seconds: 120 });
    expect(made.registry.calls).toEqual([]);
    expect(clusterWrites(made)).toEqual([]);
  });

  it('one is replaced when somebody asks for it, and the answer is in the status', async () => {
    const made = await settledWorld({}, options);
    const { client_secret: first } = made.values();
    ask(made, { [rotate]: 'now' });
    await made.rest();
    expect(registryWrites(made)).toEqual(['issueClientSecret']);
    expect(made.values()['client_secret']).not.toBe(first);
    expect(made.resource().status).toMatchObject({
      lastHandledRotateAt: 'now',
      clientSecrets: [{ role: 'Current' }, { role: 'Previous', revokeAfter: '2026-01-02T00:00:00Z' }],
    });
    expect(made.resource().status.nextRotationTime).toBeUndefined();
    expect(made.cluster.events.map(({ event }) => event.note)).toEqual([
      'Issued another client secret, as asked for. Updated Secret shop.',
    ]);
    await elapse(made, 25 * hour);
    expect(await live(made)).toHaveLength(1);
    expect(registryWrites(made)).toEqual(['issueClientSecret', 'deleteClientSecret']);
  });

  it('a request inside an overlap is remembered at once, and carried out at its end', async () => {
    const made = await settledWorld(rotating, options);
    ask(made, { [rotate]: 'one' });
    await made.rest();
    const { client_secret: second } = made.values();
    ask(made, { [rotate]: 'two' });
    await made.rest();
    const { lastHandledRotateAt, nextRotationTime, clientSecrets } = made.resource().status;
    expect({ lastHandledRotateAt, nextRotationTime }).toEqual({
      lastHandledRotateAt: 'two',
      nextRotationTime: clientSecrets?.[1]?.revokeAfter,
    });
    const { [rotate]: _request, ...annotations } = made.resource().annotations;
    made.cluster.outside.edit(key, { annotations });
    await elapse(made, hour);
    expect(made.values()['client_secret']).toBe(second);
    await elapse(made, 1.1 * hour);
    expect(made.values()['client_secret']).not.toBe(second);
    expect(registryWrites(made)).toEqual(['issueClientSecret', 'deleteClientSecret', 'issueClientSecret']);
    expect(roles(made)).toEqual(['Current', 'Previous']);
  });

  it('an overlap ends early when somebody asks for that', async () => {
    const made = await settledWorld({}, options);
    ask(made, { [rotate]: 'now' });
    await made.rest();
    ask(made, { [revoke]: 'now' });
    made.faults.arm();
    await made.rest();
    expect(registryWrites(made)).toEqual(['issueClientSecret', 'deleteClientSecret']);
    const steps = ['cluster.readSecret', 'cluster.patchSecret', 'registry.deleteClientSecret'];
    expect(made.faults.calls.filter((call) => steps.includes(call))).toEqual(steps);
    expect(made.resource().status.lastHandledRevokeAt).toBe('now');
    expect(roles(made)).toEqual(['Current']);
  });

  it('the previous value is under the key that is named for it, as long as it works', async () => {
    const made = await settledWorld({ secret: { keys: { previousClientSecret: 'old' } } }, options);
    const { client_secret: first } = made.values();
    expect(made.values()).not.toHaveProperty('old');
    ask(made, { [rotate]: 'now' });
    await made.rest();
    expect(made.values()).toMatchObject({ old: first });
    made.apply({ scopes: ['openid', 'aliuid'], secret: { keys: { previousClientSecret: 'former' } } });
    await made.rest();
    expect(made.values()).toMatchObject({ former: first, scopes: 'aliuid openid' });
    await elapse(made, 25 * hour);
    expect(made.values()).not.toHaveProperty('former');
  });

  it('a client secret of somebody else in the other slot keeps the old one in service', async () => {
    const made = await settledWorld(rotating, options);
    const { client_secret: first } = made.values();
    const { id: applicationID = '' } = (await made.application()) ?? {};
    const theirs = await made.registry.outside.issueClientSecret(applicationID, 'theirs');
    await elapse(made, 25 * hour);
    expect(made.values()['client_secret']).toBe(first);
    expect(made.reasons()).toMatchObject({ Ready: 'Succeeded' });
    expect(secretReady(made)?.message).toContain(`client secret ${theirs.id} of the application is not ours`);
    const told = made.cluster.events.filter(({ event }) => event.reason === 'SecretSlotsExhausted');
    expect(told).toHaveLength(1);

    made.apply({ ...rotating, scopes: ['openid', 'aliuid'] });
    await made.rest();
    expect(made.values(), 'and nothing else waits').toMatchObject({ client_secret: first, scopes: 'aliuid openid' });

    await made.registry.outside.deleteClientSecret(applicationID, theirs.id);
    await elapse(made, 2 * hour);
    expect(made.values()['client_secret']).not.toBe(first);
    expect(secretReady(made)?.message).toBe('Secret shop holds the credentials');
  });

  it('an application that needs no client secret any more loses it after the overlap', async () => {
    const native = { type: 'Native', secretRequired: true };
    const made = await settledWorld(native, options);
    made.apply({ ...native, secretRequired: false });
    await made.rest();
    expect(roles(made)).toEqual(['Previous']);
    expect(made.values()).not.toHaveProperty('client_secret');

    made.apply(native);
    await made.rest();
    expect(roles(made), 'and gets another when it needs one again').toEqual(['Current', 'Previous']);
    made.apply({ ...native, secretRequired: false });
    await made.rest();
    expect(await live(made), 'of two the older goes').toHaveLength(1);
    await elapse(made, 25 * hour);
    expect(await live(made)).toEqual([]);
    expect(made.resource().status.clientSecrets).toBeUndefined();
  });
});

describe('a request', () => {
  it('that is found where the status was lost is recorded, and not acted on', async () => {
    const made = await settledWorld();
    made.cluster.outside.edit(key, { status: { observedGeneration: -1 } });
    ask(made, { [rotate]: 'then', [revoke]: 'then' });
    await made.rest();
    expect(made.resource().status).toMatchObject({ lastHandledRotateAt: 'then', lastHandledRevokeAt: 'then' });
    expect(registryWrites(made)).toEqual([]);
  });

  it('is recorded where there is no client secret', async () => {
    const made = await settledWorld({ type: 'Native' });
    ask(made, { [rotate]: 'now' });
    await made.rest();
    expect(made.resource().status.lastHandledRotateAt).toBe('now');
    expect(registryWrites(made)).toEqual([]);
  });

  it('waits while the resource is suspended', async () => {
    const made = await settledWorld();
    made.apply({ suspend: true });
    ask(made, { [rotate]: 'now' });
    await made.rest();
    expect(registryWrites(made)).toEqual([]);
    made.apply({ suspend: false });
    await made.rest();
    expect(registryWrites(made)).toEqual(['issueClientSecret']);
  });

  it('for both ends the overlap as soon as the new one is served: the old one has leaked', async () => {
    const made = await settledWorld();
    ask(made, { [rotate]: 'now', [revoke]: 'now' });
    await made.rest();
    expect(registryWrites(made)).toEqual(['issueClientSecret', 'deleteClientSecret']);
  });
});

describe('rotation', () => {
  it.each([{ driftPolicy: 'Report' }, { deletionPolicy: 'Orphan' }])('goes on with %j', async (spec) => {
    const made = await settledWorld({ ...rotating, ...spec });
    const { id = '' } = (await made.application()) ?? {};
    await made.registry.outside.update(id, { displayName: 'Drifted' });
    await elapse(made, 27 * hour);
    expect(registryWrites(made).filter((call) => call !== 'update')).toEqual([
      'issueClientSecret',
      'deleteClientSecret',
    ]);
  });

  it('of a thousand applications made at once is spread over a tenth of the interval', async () => {
    const made = await settledWorld(rotating);
    const times = new Set<string | undefined>();
    for (let n = 0; n < 20; n++) {
      made.apply(rotating, `team-a/app-${n}`);
      await made.rest({ resourceKey: `team-a/app-${n}` });
      times.add(made.resource(`team-a/app-${n}`).status.nextRotationTime);
    }
    expect(times.size).toBeGreaterThan(15);
  });

  it('follows an interval that is edited', async () => {
    const made = await settledWorld(rotating);
    const due = () => Date.parse(made.resource().status.nextRotationTime ?? '');
    const before = due();
    made.apply({ rotation: { interval: '48h' } });
    await made.rest();
    expect(due()).toBeGreaterThan(before + 20 * hour);
    made.apply({});
    await made.rest();
    expect(made.resource().status).not.toHaveProperty('nextRotationTime');
  });

  it('has a running overlap end sooner where that is made shorter', async () => {
    const made = await settledWorld({ rotation: { overlap: '48h' } });
    ask(made, { [rotate]: 'now' });
    await made.rest();
    made.apply({ rotation: { overlap: '1h' } });
    await made.rest();
    await elapse(made, 1.1 * hour);
    expect(roles(made)).toEqual(['Current']);
  });
});
