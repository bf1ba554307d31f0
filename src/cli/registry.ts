/**
 * `ramify registry`: the local registry server, composed.
 *
 * @module
 */

import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { ConfigError, unusable } from '../config.ts';
import { Sensitive } from '../core/sensitive.ts';
import { whenAborted } from '../kube/clock.ts';
import type { Logger } from '../log.ts';
import { openStore } from '../registry/store/open.ts';
import { accessKeys as keysIn, type RegistryConfig } from '../registry-config.ts';
import type { AccessKey } from '../server/authentication.ts';
import type { Listener, ListenOptions } from '../server/listener.ts';
import { openServer, type RegistryServer } from '../server/server.ts';
import { type Journal, openJournal } from './journal.ts';
import { isLoopback } from './metrics-server.ts';
import { servingRequests } from './store-socket.ts';

/** What the process is, besides its configuration. */
export interface Surroundings {
  readonly log: Logger;
  readonly stop: AbortSignal;
  /** Told the access key that was made, if none was given: it is in no log. */
  readonly tell: (text: string) => void;
}

/**
 * Serves until `stop` is aborted, then answers what is under way.
 *
 * @throws what `farewellOf` knows
 */
export async function runRegistry(config: RegistryConfig, surroundings: Surroundings): Promise<void> {
  const tls = readIdentity(config);
  if (tls === undefined && !isLoopback(config.listen.host) && !config.allowPlainHttp)
    throw new ConfigError(
      '--listen: client secrets would cross the network in clear: give --tls-cert and --tls-key, or --allow-plain-http',
    );
  const accessKeys = givenKeys(config);
  const journal = openJournal(config.journal, surroundings.log);
  try {
    await serve(config, { accessKeys, journal, tls }, surroundings);
  } finally {
    journal.close();
  }
  surroundings.log.info('stopped');
}

/** What was read from files before anything is served. */
interface Equipment {
  /** `undefined`: one is made. */
  readonly accessKeys: readonly AccessKey[] | undefined;
  readonly journal: Journal;
  readonly tls: ListenOptions['tls'];
}

async function serve(config: RegistryConfig, equipment: Equipment, { log, stop, tell }: Surroundings): Promise<void> {
  const { store: path, storeKeyFile: keyFile = `${path}.key`, listen } = config;
  const store = await openStore({ path, keyFile, clock: Date.now, random: randomBytes });
  const registry = await servingRequests(store, path, log);
  try {
    const accessKeys = equipment.accessKeys ?? [newKey()];
    const journal = equipment.journal.write;
    const behaviour = behaviourOf(config);
    const server = await openServer({
      registry,
      accessKeys,
      clock: Date.now,
      newID: randomUUID,
      log,
      journal,
      behaviour,
    });
    const listener = await listening(server, { ...listen, tls: equipment.tls });
    if (equipment.accessKeys === undefined) tell(accessKeys.map(environmentOf).join(''));
    log.info({ host: listen.host, port: listener.port, tls: equipment.tls !== undefined, store: path }, 'ready');
    await whenAborted(stop);
    await listener.close();
  } finally {
    await registry.close();
  }
}

function behaviourOf(config: RegistryConfig) {
  return {
    secretsReadable: config.secretsReadable,
    emptyRedirectURIs: config.emptyRedirects,
    deleteConflicts: config.deleteConflicts,
    consistencyDelay: config.consistencyDelay * 1_000,
    callsPerSecond: config.throttle,
  };
}

async function listening(server: RegistryServer, where: ListenOptions): Promise<Listener> {
  try {
    return await server.listen(where);
  } catch (error) {
    throw unusable('listen', error);
  }
}

function readIdentity({ tlsCert, tlsKey }: RegistryConfig) {
  if (tlsCert === undefined || tlsKey === undefined) return undefined;
  const identity = { cert: reading('tls-cert', tlsCert), key: reading('tls-key', tlsKey) };
  try {
    createSecureContext(identity);
    return identity;
  } catch (error) {
    throw unusable('tls-cert', error);
  }
}

/** `undefined` where none is given. */
function givenKeys({ accessKey = [], accessKeyFile }: RegistryConfig): readonly AccessKey[] | undefined {
  const keys = [...accessKey, ...(accessKeyFile === undefined ? [] : keysOf(accessKeyFile))];
  return keys.length === 0 ? undefined : keys;
}

function keysOf(file: string): readonly AccessKey[] {
  const { success, data, error } = keysIn.safeParse(reading('access-key-file', file));
  if (success) return data;
  throw new ConfigError(`--access-key-file: ${error.issues[0]?.message}`);
}

function newKey(): AccessKey {
  const secret = new Sensitive(randomBytes(15).toString('hex'));
  return { id: `LTAI${randomBytes(10).toString('hex')}`, secret };
}

/** For the shell of whoever started the server: clients find their key in these variables. */
function environmentOf({ id, secret }: AccessKey): string {
  return `export ALIBABA_CLOUD_ACCESS_KEY_ID=${id} ALIBABA_CLOUD_ACCESS_KEY_SECRET=${secret.reveal()}\n`;
}

function reading(flag: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw unusable(flag, error);
  }
}
