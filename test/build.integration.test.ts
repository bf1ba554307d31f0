/**
 * The bundle: equal wherever it is built, and started as its image starts it.
 *
 * @module
 */

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ownCRDs } from './controlplane/crds.ts';
import { buildBundle } from './support/bundle.ts';
import { type Cluster, ownCluster } from './support/cluster.ts';
import { canRunContainers, startContainer, storeFolder } from './support/container.ts';
import { ready } from './support/controller-process.ts';

/** Kibibytes. Half as much again as was measured: the Deployment's request is for this, and a leak of modules shows. */
const mostResident = 160 * 1024;

const folder = mkdtempSync(join(tmpdir(), 'ramify-build-'));
let bundle: string;

beforeAll(async () => {
  bundle = await buildBundle(join(folder, 'checkout'));
});

afterAll(() => rmSync(folder, { recursive: true }));

/** SHA-256 of each file, by name. */
function digests(of: string): Record<string, string> {
  const files = globSync('**/*', { cwd: of }).toSorted();
  return Object.fromEntries(
    files.map((file) => [
      file,
      createHash('sha256')
        .update(readFileSync(join(of, file)))
        .digest('hex'),
    ]),
  );
}

test('two builds are equal byte by byte, wherever the checkouts are', async () => {
  const other = await buildBundle(join(folder, 'some', 'other', 'checkout'));
  expect(Object.keys(digests(bundle))).toContain('ramify.js');
  expect(digests(other)).toEqual(digests(bundle));
});

test('it is the program, of the version that package.json has', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(execFileSync(process.execPath, [join(bundle, 'ramify.js'), '--version'], { encoding: 'utf8' })).toBe(
    `${version}\n`,
  );
});

test.each([
  ['zod', 'none of its languages', 'Input non valido'],
  ['undici', 'no mocks', 'MockAgent'],
  ['prom-client', 'no push gateway', 'Missing jobName parameter'],
])('of %s it holds what is used: %s', (_, __, text) => {
  const holding = globSync(join(bundle, '*.js')).filter((file) => readFileSync(file, 'utf8').includes(text));
  // The client library that reads kubeconfigs takes all of undici; a pod does not load it.
  expect(holding.filter((file) => !file.includes('kubeconfig-'))).toEqual([]);
});

test('it comes with the licence of everything in it', () => {
  const licences = readFileSync(join(bundle, 'LICENSES.txt'), 'utf8');
  expect(licences).toMatch(/^undici \d[\d.]*: MIT\n\nMIT License/m);
  expect(licences).toMatch(/^@kubernetes\/client-node \d[\d.]*: Apache-2\.0\n\n/m);
  expect(licences).not.toContain('undefined');
});

test('in a pod it becomes ready without what reads kubeconfigs, does its work, and ends with 0', async ({ skip }) => {
  if (!canRunContainers()) skip('this user has no mount namespaces');
  const cluster = await ownCluster({ crds: ownCRDs(), controllerManager: false });
  const server = new URL(cluster.access.url);
  await cluster.kubectl('create', 'serviceaccount', 'ramify');
  await cluster.kubectl(
    'create',
    'clusterrolebinding',
    'ramify',
    '--clusterrole=cluster-admin',
    '--serviceaccount=default:ramify',
  );
  const token = await cluster.kubectl('create', 'token', 'ramify');
  for (const file of globSync(join(bundle, 'kubeconfig-*.js'))) rmSync(file);

  const container = await ready(
    startContainer({
      folder,
      bundle,
      server,
      serviceAccount: { 'ca.crt': cluster.access.tls.ca ?? '', token, namespace: 'default' },
      args: ['--store', `sqlite:${storeFolder}/store.sqlite`, '--health-address', '0', '--metrics-address', '0'],
    }),
  );
  await cluster.kubectl('apply', '--filename', 'deploy/samples/');
  await cluster.kubectl('wait', '--for=condition=Ready', '--timeout=60s', 'oauthapplications', '--all');
  expect(container.residentSize()).toBeLessThan(mostResident);
  await askWithSDK(cluster);
  expect(await container.stop()).toBe(0);
});

/** Alibaba Cloud's SDK is loaded when it is first needed: it is in the bundle if a call gets as far as the network. */
async function askWithSDK({ kubectl, request }: Cluster): Promise<void> {
  const keys = ['--from-literal=accessKeyId=a', '--from-literal=accessKeySecret=b'];
  await kubectl('create', 'secret', 'generic', 'access-key', '--namespace=default', ...keys);
  const alibabaCloud = {
    site: 'China',
    endpoint: 'http://127.0.0.1:1',
    credentials: { secretRef: { name: 'access-key' } },
  };
  await request('POST', '/apis/ramify.dev/v1alpha1/oauthregistries', {
    apiVersion: 'ramify.dev/v1alpha1',
    kind: 'OAuthRegistry',
    metadata: { name: 'cloud' },
    spec: { type: 'AlibabaCloud', applicationNamePrefix: 'test', alibabaCloud },
  });
  const said = '--for=jsonpath={.status.conditions[0].message}=127.0.0.1:1 refuses connections';
  await kubectl('wait', said, '--timeout=30s', 'oauthregistries/cloud');
}
