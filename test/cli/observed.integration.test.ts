/**
 * The controller as a process, observed: who is told its metrics when others than this machine can ask, and its log.
 *
 * @module
 */

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Agent, request } from 'undici';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { ownCRDs } from '../controlplane/crds.ts';
import { type Cluster, ownCluster } from '../support/cluster.ts';
import { type ControllerProcess, startController } from '../support/controller-process.ts';
import { eventually } from '../support/eventually.ts';
import { newTenant } from '../support/tenant.ts';

let cluster: Cluster;
let controller: ControllerProcess;

beforeAll(async () => {
  cluster = await ownCluster({ crds: ownCRDs() });
  const spec = { type: 'Store', store: {} };
  const kind = { apiVersion: 'ramify.dev/v1alpha1', kind: 'OAuthRegistry', metadata: { name: 'default' } };
  await cluster.apply(JSON.stringify({ ...kind, spec }));
  const { kubeconfig } = cluster.access;
  const flags = ['--metrics-address', '0.0.0.0:0', '--leader-elect', '--lease-namespace', 'default'];
  const store = join(dirname(kubeconfig), 'store.db');
  controller = await startController({ kubeconfig, store, flags, logLevel: 'trace' });
  return () => controller.stop();
});

const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });

/** A scrape by whom the token stands for. */
async function scrape(token?: string) {
  const port = controller.log().find(({ msg }) => msg === 'serving metrics')?.['port'];
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const answer = await request(`https://127.0.0.1:${String(port)}/metrics`, { dispatcher, headers });
  return { status: answer.statusCode, text: await answer.body.text() };
}

async function tokenOf(name: string): Promise<string> {
  await cluster.kubectl('--namespace', 'default', 'create', 'serviceaccount', name);
  return (await cluster.kubectl('--namespace', 'default', 'create', 'token', name)).trim();
}

test('who bears no token, or none that is known, is told nothing', async () => {
  expect(await scrape()).toMatchObject({ status: 401 });
  expect(await scrape('no-token')).toMatchObject({ status: 401 });
  expect((await scrape('no-token')).text).not.toContain('#');
});

test('who may get /metrics is told them, and who may not is not', async () => {
  const token = await tokenOf('prometheus');
  expect(await scrape(token)).toMatchObject({ status: 403 });
  const role = ['clusterrole', 'metrics', '--verb=get', '--non-resource-url=/metrics'];
  await cluster.kubectl('create', ...role);
  const binding = ['clusterrolebinding', 'metrics', '--clusterrole=metrics', '--serviceaccount=default:prometheus'];
  await cluster.kubectl('create', ...binding);
  onTestFinished(async () => void (await cluster.kubectl('delete', 'clusterrolebinding', 'metrics')));
  const { text } = await eventually(async () => {
    const answer = await scrape(token);
    return answer.status === 200 && answer;
  });
  expect(text).toContain('leader_election_master_status{name="ramify-controller"} 1\n');
  expect(text).toMatch(/^rest_client_requests_total\{code="200",method="GET",host="127\.0\.0\.1:\d+"\} [1-9]/m);
});

test('the log tells of the election and of each pass, in documented fields alone', async () => {
  const team = await newTenant(cluster);
  await team.applyReady('shop');
  await team.apply('broken', { secret: { name: 'shop' } });
  await team.reason('broken', 'SecretConflict');
  expect(controller.log()).toContainEqual(expect.objectContaining({ msg: 'the leader is another' }));

  const lines = controller.log();
  const acted = lines.filter(({ msg }) => msg === 'acted');
  expect(new Set(acted.map((line) => line['application']))).toEqual(new Set([`${team.namespace}/shop`]));
  const passes = lines.filter(({ msg }) => msg === 'reconciled').map((line) => line['reconcileID']);
  expect(new Set(passes).size).toBe(passes.length);
  for (const line of acted) expect(passes).toContain(line['reconcileID']);

  const page = readFileSync(new URL('../../docs/operations/logs.md', import.meta.url), 'utf8');
  const documented = [...page.matchAll(/^\| (`.*?) \|/gm)].flatMap(([, cell = '']) => cell.match(/\w+/g) ?? []);
  const used = new Set(lines.flatMap((line) => Object.keys(line)));
  expect([...used].filter((field) => !documented.includes(field))).toEqual([]);
});
