/**
 * A leader that hangs in the middle of 100 creations and wakes when another leads: two controllers over one SQLite store.
 *
 * @module
 */

import { expect, onTestFinished, test } from 'vitest';
import { allReady, createAll, discrepancies, newCrowd } from '../support/aftermath.ts';
import { type ControllerProcess, spawnController } from '../support/controller-process.ts';
import { eventually } from '../support/eventually.ts';
import { install } from '../support/installation.ts';

const election = ['--leader-elect', '--lease-namespace', 'default'];
const size = 100;

/** Milliseconds for each step on a machine that is busy with other tests. */
const patience = 90_000;

function said(controller: ControllerProcess, message: string): number {
  return controller.output.filter((line) => line.includes(`"msg":"${message}"`)).length;
}

/** Waits until it said so, as often as that. */
async function saying(controller: ControllerProcess, message: string, times = 1): Promise<void> {
  await eventually(() => {
    if (said(controller, message) >= times) return true;
    throw new Error(`it never said "${message}":\n${controller.output.join('\n')}`);
  }, patience);
}

test('who succeeds a leader that hung waits for its store, and every application is there once', async () => {
  const { cluster, store, stop, withStore } = await install({}, { controllerManager: false });
  await stop();
  const replica = () => {
    const controller = spawnController({ kubeconfig: cluster.access.kubeconfig, store, flags: election });
    onTestFinished(() => controller.kill('SIGKILL'));
    return controller;
  };
  const leader = replica();
  await saying(leader, 'ready');
  const standby = replica();
  await saying(standby, 'standing by');

  const crowd = await newCrowd(cluster, size);
  const created = createAll(crowd);
  await saying(leader, 'reconciled', 20);
  await leader.hang();
  expect(said(leader, 'reconciled')).toBeLessThan(size);
  await created;
  await saying(standby, 'waiting for the store');
  expect(said(standby, 'ready')).toBe(0);
  leader.kill('SIGCONT');
  expect(await leader.exited).toBe(1);
  await saying(standby, 'ready');
  await allReady(crowd);
  expect(await standby.stop()).toBe(0);
  expect(await withStore((held) => discrepancies(crowd, held))).toEqual([]);
}, 300_000);
