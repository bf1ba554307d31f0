/**
 * The controller as a process, with the fault proxy between it and the API server: whatever is lost on the way, every
 * application is there once, every Secret works, and nothing is left over.
 *
 * @module
 */

import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { cut, garbage, lostResponse, noAnswer, refusal } from '../faultproxy/faults.ts';
import type { FaultProxy } from '../faultproxy/proxy.ts';
import { allReady, createAll, discrepancies, newCrowd } from '../support/aftermath.ts';
import { startController } from '../support/controller-process.ts';
import { eventually } from '../support/eventually.ts';
import { faultProxy } from '../support/fault-proxy.ts';
import { type Installation, install } from '../support/installation.ts';

const intent = { method: 'PATCH', path: /\/oauthapplications\/app-\d+$/ };
const delivery = { method: 'POST', path: /\/secrets$/ };
const status = { method: 'PATCH', path: /\/oauthapplications\/app-\d+\/status$/ };

let installation: Installation;

beforeAll(async () => {
  installation = await install({}, { controllerManager: false });
  await installation.stop();
});

/** The controller, for whom the proxy is the cluster; it ends with the test. */
async function started({ kubeconfig }: FaultProxy) {
  const controller = await startController({ kubeconfig, store: installation.store });
  onTestFinished(async () => {
    controller.kill('SIGKILL');
    await controller.exited;
  });
  return controller;
}

test('writes that are lost, refused or garbled, and watches that end, while 50 applications are created', async () => {
  const { cluster, withStore } = installation;
  const proxy = await faultProxy(cluster);
  const controller = await started(proxy);
  const faults = [
    proxy.plant(cut, { ...intent, nth: 3, times: 3 }),
    proxy.plant(lostResponse, { ...intent, nth: 10, times: 3 }),
    proxy.plant(garbage, { ...delivery, nth: 2, times: 3 }),
    proxy.plant(lostResponse, { ...delivery, nth: 12, times: 3 }),
    proxy.plant(refusal(503, 'ServiceUnavailable', 1), { ...status, nth: 2, times: 3 }),
    proxy.plant(lostResponse, { ...status, nth: 12, times: 3 }),
    proxy.plant(refusal(410, 'Expired'), { isWatch: true, times: 2 }),
  ];
  const crowd = await newCrowd(cluster, 50);
  const created = createAll(crowd);
  await eventually(() => faults[0]?.fired === 3);
  for (const watch of proxy.open({ isWatch: true })) watch.reset();
  await created;
  await allReady(crowd);
  expect(faults.map(({ fired }) => fired)).toEqual([3, 3, 3, 3, 3, 3, 2]);
  expect(await controller.stop()).toBe(0);
  expect(await withStore((store) => discrepancies(crowd, store))).toEqual([]);
});

test('a second signal ends the process at once, in the middle of a pass that waits for an answer', async () => {
  const { cluster, withStore } = installation;
  const proxy = await faultProxy(cluster);
  const controller = await started(proxy);
  proxy.plant(noAnswer, delivery);
  const crowd = await newCrowd(cluster, 1);
  await createAll(crowd);
  await eventually(() => proxy.open(delivery).length === 1);
  controller.kill('SIGTERM');
  controller.kill('SIGINT');
  // After the first alone it would have waited for the pass, and ended with 0.
  expect(await controller.exited).toBe(1);
  const next = await started(proxy);
  await allReady(crowd);
  expect(await next.stop()).toBe(0);
  expect(await withStore((store) => discrepancies(crowd, store))).toEqual([]);
});
