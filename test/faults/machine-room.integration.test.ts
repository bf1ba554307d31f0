/**
 * Faults of the machine room in the middle of 200 creations: a server or the controller is killed, the store's disk is full
 * or read-only. Whatever happens, every application is there once, every Secret works, and nothing is left over.
 *
 * @module
 */

import { beforeAll, describe, expect, test } from 'vitest';
import { allReady, applicationsOf, type Crowd, createAll, discrepancies, newCrowd } from '../support/aftermath.ts';
import { eventually } from '../support/eventually.ts';
import { type Installation, install } from '../support/installation.ts';
import { condition } from '../support/tenant.ts';

const size = 200;

/** A machine that is busy with other tests may need as long for each. */
const patience = 240_000;

let installation: Installation;

beforeAll(async () => {
  installation = await install({}, { controllerManager: false });
});

/** How many passes over the crowd ended. */
function passed({ namespace }: Crowd): number {
  const about = `"application":"${namespace}/`;
  return installation.output.filter((line) => line.includes('"msg":"reconciled"') && line.includes(about)).length;
}

/** Creates 200, calls for the fault while they are worked on, and tells what is not well once all are Ready. */
async function afterwards(fault: (crowd: Crowd) => Promise<unknown>): Promise<readonly string[]> {
  const crowd = await newCrowd(installation.cluster, size);
  const created = createAll(crowd);
  await eventually(() => passed(crowd) >= 20, 60_000);
  await fault(crowd);
  await created;
  await allReady(crowd);
  return installation.withBackup((store) => discrepancies(crowd, store));
}

describe('killed with kill -9 in the middle of 200 creations,', { timeout: patience }, () => {
  test.each(['kube-apiserver', 'etcd'] as const)('%s comes back, and everything is there once', async (server) => {
    const { servers } = installation.cluster;
    const found = await afterwards(async (crowd) => {
      await servers.kill(server);
      expect(passed(crowd)).toBeLessThan(size);
      await servers.start(server);
    });
    expect(found).toEqual([]);
  });

  test('the controller starts again, twice, and everything is there once', async () => {
    const found = await afterwards(async (crowd) => {
      for (const enough of [20, 90]) {
        await eventually(() => passed(crowd) >= enough, 60_000);
        await installation.stop('SIGKILL');
        expect(passed(crowd)).toBeLessThan(size);
        await installation.start();
      }
    });
    expect(found).toEqual([]);
  });
});

describe('a disk in the middle of 200 creations', { timeout: patience }, () => {
  /** What the resources say that the registry does not answer. */
  async function unavailable(crowd: Crowd): Promise<readonly string[]> {
    const told = (await applicationsOf(crowd)).map((object) => condition(object, 'Registered'));
    return told.flatMap((each) => (each?.reason === 'RegistryUnavailable' ? [each.message] : []));
  }

  test.each([
    { is: 'full', ill: 'max_page_count = 1', well: 'max_page_count = 1073741823', said: 'database or disk is full' },
    { is: 'read-only', ill: 'query_only = 1', well: 'query_only = 0', said: 'attempt to write a readonly database' },
  ])('that is $is is told on each resource, and the rest is done when it is well', async ({ ill, well, said }) => {
    const found = await afterwards(async (crowd) => {
      installation.pragma(ill);
      await eventually(async () => (await unavailable(crowd)).some((message) => message.includes(said)), 60_000, 500);
      installation.pragma(well);
    });
    expect(found).toEqual([]);
  });
});
