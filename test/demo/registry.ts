/**
 * Where the demo's applications are registered: in a store of the controller's, or in one that `ramify registry` serves, which
 * the controller works with as with an account of Alibaba Cloud.
 *
 * @module
 */

import { randomBytes } from 'node:crypto';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { type ControllerOptions, ready, spawnRamify } from '../support/controller-process.ts';

/** `store`: in the controller; `ims`: behind the IMS API. */
export type RegistryKind = 'store' | 'ims';

/** A registry that is there, and what the others need of it. */
interface DemoRegistry {
  /** For a sentence. */
  readonly description: string;
  /** The folder with the manifests of the registry and its applications. */
  readonly samples: string;
  /** What the controller is started with. */
  readonly forController: Pick<ControllerOptions, 'store' | 'env'>;
  /** Lets go of the store, as far as the controller does not hold it. */
  close(): Promise<unknown>;
}

const samples = 'deploy/samples/';

/** @throws where there is no such kind */
export function registryKindOf(text: string): RegistryKind {
  if (text === 'store' || text === 'ims') return text;
  throw new Error(`--registry: must be store or ims, not ${text}`);
}

/** Opens the registry over the store at `store`; what it needs besides is put into `folder`. */
export async function openRegistry(kind: RegistryKind, folder: string, store: string): Promise<DemoRegistry> {
  if (kind === 'ims') return serve(folder, store);
  const description = 'a registry store of its own';
  return { description, samples, forController: { store }, close: async () => undefined };
}

async function serve(folder: string, store: string): Promise<DemoRegistry> {
  const [id, secret] = [`LTAI${randomBytes(10).toString('hex')}`, randomBytes(15).toString('hex')];
  const flags = ['--store', `sqlite:${store}`, '--listen', '127.0.0.1:0'];
  const server = await ready(spawnRamify(['registry', ...flags], { env: { RAMIFY_ACCESS_KEY: `${id}:${secret}` } }));
  const port = server.log().find(({ msg }) => msg === 'ready')?.['port'];
  const endpoint = `http://127.0.0.1:${String(port)}`;
  return {
    description: `ramify registry at ${endpoint} as its account`,
    samples: await samplesFor(endpoint, folder),
    forController: { env: { ALIBABA_CLOUD_ACCESS_KEY_ID: id, ALIBABA_CLOUD_ACCESS_KEY_SECRET: secret } },
    close: server.stop,
  };
}

/** The samples, whose registry `default` is an account at `endpoint`. */
async function samplesFor(endpoint: string, folder: string): Promise<string> {
  const copy = join(folder, 'samples/');
  await cp(samples, copy, { recursive: true });
  const path = join(copy, 'default-registry.yaml');
  const { spec, ...rest } = parse(await readFile(path, 'utf8'));
  const { store: _store, ...settings } = spec;
  const alibabaCloud = { site: 'International', endpoint, credentials: { environment: {} } };
  await writeFile(path, stringify({ ...rest, spec: { ...settings, type: 'AlibabaCloud', alibabaCloud } }));
  return copy;
}
