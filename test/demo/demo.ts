/**
 * `npm run demo`: an OAuthApplication turns into a Secret, on a real API server. `--once` ends by itself; `--registry ims`
 * plays it with a registry that is reached through the IMS API.
 *
 * @module
 */

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { Sensitive } from '../../src/core/sensitive.ts';
import { openStore } from '../../src/registry/store/open.ts';
import { eventually } from '../support/eventually.ts';
import { registryKindOf } from './registry.ts';
import { command, heading, output, progress } from './screen.ts';
import { type Stage, setStage } from './stage.ts';

const web = 'oauthapplication/portal';
const secret = 'portal-oauth';

const interrupted = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);

try {
  const { values: options } = parseArgs({
    options: { once: { type: 'boolean', default: false }, registry: { type: 'string', default: 'store' } },
  });
  const stage = await setStage(registryKindOf(options.registry));
  try {
    const ended = await Promise.race([play(stage).then(() => true), interrupted.then(() => false)]);
    if (ended && !options.once) await linger(stage);
    if (ended && options.once) await presentCredentials(stage);
  } finally {
    await stage.close();
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}

async function play(stage: Stage): Promise<void> {
  await createApplications(stage);
  await updateApplication(stage);
  await deleteSecret(stage);
  await refuseBadManifest(stage);
}

async function createApplications({ show, samples }: Stage): Promise<void> {
  heading('A registry, and one application of each type');
  await show('apply', '-f', samples);
  await show('wait', '--for=condition=Ready', 'oauthapplications', '--all', '--timeout=30s');
  await show('get', 'oauthapplications', '-o', 'wide');

  heading('What the Web application got: a Secret, whose values a pod reads');
  await show('describe', 'secret', secret);
  await show('get', 'events', '--sort-by=.metadata.creationTimestamp');
}

async function updateApplication({ ask, show }: Stage): Promise<void> {
  heading('An update reaches the registry; the client ID stays');
  const generation = await show(
    'patch',
    web,
    '--type=merge',
    '-p',
    '{"spec":{"scopes":["openid","profile","aliuid"]}}',
  ).then(() => ask('get', web, '-o', 'jsonpath={.metadata.generation}'));
  await ask('wait', `--for=jsonpath={.status.observedGeneration}=${generation}`, web, '--timeout=30s');
  await show('get', web);
  await show('get', 'secret', secret, '-o', 'go-template={{.data.scopes | base64decode}}');
}

async function deleteSecret({ ask, show }: Stage): Promise<void> {
  heading('A Secret that somebody deletes comes back, with the same client secret');
  const read = () => ask('get', 'secret', secret, '-o', 'jsonpath={.data.client_secret}');
  const before = await read();
  await show('delete', 'secret', secret);
  const after = await eventually(read);
  progress(`the Secret is back, and its client secret is ${after === before ? 'the same' : 'ANOTHER ONE'}`);
  if (after !== before) throw new Error('the client secret changed');
}

async function refuseBadManifest({ show }: Stage): Promise<void> {
  heading('What cannot work is refused at once, by the API server itself');
  await show('patch', web, '--type=merge', '-p', '{"spec":{"redirectURIs":["http://app.example.com/cb"]}}');
  await show('patch', web, '--type=merge', '-p', '{"spec":{"type":"Native"}}');
}

/** The store is held by one process alone; once that is stopped, each Secret's credentials are presented to it. */
async function presentCredentials({ ask, freeStore, store }: Stage): Promise<void> {
  heading('Does the registry accept what the Secrets hold?');
  const credentials = await readCredentials(ask);
  await freeStore();
  const registry = await openStore({ path: store, keyFile: `${store}.key`, clock: Date.now, random: randomBytes });
  try {
    for (const { name, clientID, value } of credentials) {
      const isAccepted = value !== undefined && (await registry.accepts(clientID, new Sensitive(value)));
      if (value !== undefined && !isAccepted) throw new Error(`the registry refuses the credentials of ${name}`);
      output(`${name.padEnd(20)} ${isAccepted ? 'accepted' : 'has no client secret: it uses PKCE'}`);
    }
  } finally {
    await registry.close();
  }
}

/** What is read of a resource and its Secret. */
interface Listed {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly spec: { readonly secret?: { readonly name?: string; readonly keys?: Readonly<Record<string, string>> } };
    readonly data?: Readonly<Record<string, string>>;
  }[];
}

async function readCredentials(ask: Stage['ask']) {
  const read = async (kind: string): Promise<Listed['items']> => {
    const list: Listed = JSON.parse(await ask('get', kind, '-o', 'json'));
    return list.items;
  };
  const [applications, secrets] = [await read('oauthapplications'), await read('secrets')];
  return applications.map(({ metadata: { name }, spec: { secret: asked = {} } }) => {
    const { data = {} } = secrets.find(({ metadata }) => metadata.name === (asked.name ?? name)) ?? {};
    const value = data[asked.keys?.['clientSecret'] ?? 'client_secret'];
    return {
      name,
      clientID: decoded(data[asked.keys?.['clientID'] ?? 'client_id'] ?? ''),
      value: value === undefined ? undefined : decoded(value),
    };
  });
}

function decoded(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8');
}

async function linger({ kubeconfig, kubectlPath }: Stage): Promise<void> {
  heading('Your turn: in another shell');
  command(`export KUBECONFIG=${kubeconfig}`);
  command(`${kubectlPath} get oauthapplications --watch`);
  progress('Ctrl-C ends it and removes everything');
  await interrupted;
}
