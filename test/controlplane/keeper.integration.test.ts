/**
 * That control planes come up beside each other and go without a trace, however the one who started them ends.
 *
 * @module
 */
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ownCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { startControlPlane } from './controlplane.ts';
import { keep } from './keep.ts';

/** Command lines of all running processes that name the folder. */
async function processesOf(folder: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)('ps', ['-e', '-w', '-w', '-o', 'args=']);
  return stdout.split('\n').filter((line) => line.includes(folder));
}

/** Runs `npm run controlplane`'s program and returns it with its folder as soon as that is known. */
async function startCommand() {
  const child = spawn(process.execPath, [fileURLToPath(new URL('main.ts', import.meta.url))], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  for await (const line of createInterface({ input: child.stdout })) {
    const [, kubeconfig] = /^export KUBECONFIG=(.+)$/.exec(line) ?? [];
    if (kubeconfig !== undefined) return { child, folder: dirname(kubeconfig) };
  }
  throw new Error('it ended without a kubeconfig');
}

async function expectNoTrace(folder: string): Promise<void> {
  await eventually(async () => !existsSync(folder) && (await processesOf(folder)).length === 0);
}

describe.skipIf(process.env['USE_EXISTING_CLUSTER'] === 'true')('a control plane of our own', () => {
  it('runs beside another, with objects of its own', async () => {
    const [first, second] = await Promise.all([ownCluster(), ownCluster({ controllerManager: false })]);
    await first.kubectl('create', 'configmap', 'here');
    await expect(second.kubectl('get', 'configmap', 'here')).rejects.toThrow('NotFound');
    expect(second.access.controllerManager).toBe(false);
  });

  it('is gone with its folder when it is stopped, and a second stop is no error', async () => {
    const plane = await startControlPlane({ controllerManager: false });
    const folder = dirname(plane.kubeconfig);
    expect(await processesOf(folder)).toHaveLength(2);
    await plane.stop();
    await plane.stop();
    expect(existsSync(folder)).toBe(false);
    expect(await processesOf(folder)).toEqual([]);
  });

  it('goes on with what it had when a server of it was killed and is started again', async () => {
    const cluster = await ownCluster({ controllerManager: false });
    await cluster.kubectl('create', 'configmap', 'kept');
    for (const server of ['kube-apiserver', 'etcd'] as const) {
      await cluster.servers.kill(server);
      expect((await processesOf(dirname(cluster.access.kubeconfig))).join()).not.toContain(`/${server} `);
      await cluster.servers.start(server);
    }
    expect(await eventually(() => cluster.kubectl('get', 'configmap', 'kept', '--output=name'))).toContain('kept');
  });

  it.each(['SIGKILL', 'SIGINT'] as const)('leaves nothing behind when its owner gets %s', async (signal) => {
    const { child, folder } = await startCommand();
    expect((await processesOf(folder)).length).toBeGreaterThanOrEqual(2);
    child.kill(signal);
    await expectNoTrace(folder);
  });

  it('leaves nothing behind when it cannot be set up, and says why', async () => {
    const starting = startControlPlane({ crds: ['/nowhere'], controllerManager: false });
    const failed = await starting.then(() => 'it started', String);
    expect(failed).toContain('the path "/nowhere" does not exist');
    const [, folder = ''] = /--kubeconfig (\S+)\/kubeconfig/.exec(failed) ?? [];
    expect(folder).toContain('ramify-controlplane-');
    await expectNoTrace(folder);
  });
});

describe('a keeper', () => {
  it('tells which process ended by itself, how, and the end of its log', async () => {
    const kept = await keep();
    onTestFinished(kept.stop);
    kept.start({ name: 'broken', command: process.execPath, args: ['-e', 'console.log("because"); process.exit(3)'] });
    expect(await eventually(kept.failure)).toMatchObject({ message: 'broken ended (exit code 3)\nbecause' });
  });

  it('tells which program is not there', async () => {
    const kept = await keep();
    onTestFinished(kept.stop);
    kept.start({ name: 'absent', command: '/nowhere/at-all', args: [] });
    expect(await eventually(kept.failure)).toMatchObject({ message: expect.stringContaining('ENOENT') });
  });
});
