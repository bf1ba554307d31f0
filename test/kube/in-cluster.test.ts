/** A pod's connection: the token and CA that the kubelet mounts. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { inCluster } from '../../src/kube/in-cluster.ts';
import { folder } from './folder.ts';
import { ManualClock } from './manual-clock.ts';

const still = new ManualClock();

describe('in a pod', () => {
  const mounts = { token: 'one\n', 'ca.crt': 'CA', namespace: 'mine' };
  const env = { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '6443' };

  test('the service account is used', async () => {
    const connection = inCluster(env, still, folder(mounts));
    expect([connection?.server.href, connection?.namespace]).toEqual(['https://10.0.0.1:6443/', 'mine']);
    expect(connection?.isPod).toBe(true);
    expect(await connection?.credentials()).toEqual({ headers: { authorization: 'Bearer one' }, tls: { ca: 'CA' } });
  });

  test('an IPv6 address is one', () => {
    const connection = inCluster({ KUBERNETES_SERVICE_HOST: 'fd00::1' }, still, folder(mounts));
    expect(connection?.server.href).toBe('https://[fd00::1]/');
  });

  test('L8: the token is read again after a minute, and at once when it is refused', async () => {
    const dir = folder(mounts);
    const clock = new ManualClock();
    const connection = inCluster(env, clock, dir);
    const token = async (refresh = false) => (await connection?.credentials({ refresh }))?.headers['authorization'];
    expect(await token()).toBe('Bearer one');
    writeFileSync(join(dir, 'token'), 'two');
    await clock.pass(60_000);
    expect(await token()).toBe('Bearer one');
    await clock.pass(1);
    expect(await token()).toBe('Bearer two');
    writeFileSync(join(dir, 'token'), 'three');
    expect(await token(true)).toBe('Bearer three');
  });

  test.each([
    ['no service', {}, mounts],
    ['no token', env, {}],
  ])('with %s it is none', (_, variables, files) => {
    expect(inCluster(variables, still, folder(files))).toBeUndefined();
  });
});
