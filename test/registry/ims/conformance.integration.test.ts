/**
 * The registry over the IMS API keeps the promises of the port: through the SDK and a socket to the local server, over a store;
 * and, where a key to an account is given, against the service itself.
 *
 * @module
 */

import { randomUUID } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openIms } from '../../../src/registry/ims/open.ts';
import { type Registry, wrap } from '../../../src/registry/registry.ts';
import { openServer, type ServerOptions } from '../../../src/server/server.ts';
import { accessKey } from '../../server/requests.ts';
import { application, operation } from '../applications.ts';
import { registryConformance } from '../conformance.ts';
import { opened } from '../store/fixtures.ts';
import { ownPart } from './own-part.ts';
import { surroundings } from './surroundings.ts';

const forgetsOperations = 'the API takes no token of ours: what is unknown is looked up by name';

const asFastAsItGoes = { callsPerSecond: 1_000, burst: 1_000 };

/** Milliseconds for which the server's reads do not show a write, in the suite that says so. */
const delay = 2_000;

/** The registry over a server whose clock each call finds so many milliseconds later. */
async function served(behaviour: NonNullable<ServerOptions['behaviour']>, between = 0): Promise<Registry> {
  const log = { error: (fields: object) => expect.fail(JSON.stringify(fields)) };
  let passed = 0;
  const clock = () => Date.now() + passed;
  const store = await opened();
  const options = { registry: store, accessKeys: [accessKey], clock, newID: randomUUID, log, behaviour };
  const { port, close } = await (await openServer(options)).listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(close);
  const spec = { endpoint: `http://127.0.0.1:${port}`, credentials: { environment: {} } };
  return wrap(openIms(spec, asFastAsItGoes, surroundings()), (_, call) => {
    passed += between;
    return call();
  });
}

/** A part of an account in which somebody else has an application too: the way in which an account of one's own is tried. */
async function shared(registry: Registry): Promise<Registry> {
  await registry.create(application({ name: 'somebody-elses' }), operation());
  return ownPart(registry, 'ramify-test_');
}

registryConformance('The registry over the local server', async () => shared(await served({})), { forgetsOperations });

registryConformance(
  'The registry over a server that does not give values again',
  () => served({ secretsReadable: false }),
  { forgetsOperations, withholdsValues: 'the switch that is tested' },
);

registryConformance(
  'The registry over a server whose reads lag two seconds behind',
  () => served({ consistencyDelay: delay }, delay),
  { forgetsOperations },
);

const {
  RAMIFY_TEST_ALIBABA_ACCESS_KEY_ID: keyID,
  RAMIFY_TEST_ALIBABA_ACCESS_KEY_SECRET: keySecret,
  RAMIFY_TEST_ALIBABA_SECURITY_TOKEN: token,
  RAMIFY_TEST_ALIBABA_ENDPOINT: endpoint,
} = process.env;

if (keyID === undefined || keySecret === undefined) {
  describe.skip('The registry over the service itself', () => {
    it('needs RAMIFY_TEST_ALIBABA_ACCESS_KEY_ID and _SECRET, and a _SECURITY_TOKEN where they are a session', () => {});
  });
} else {
  const env = {
    ALIBABA_CLOUD_ACCESS_KEY_ID: keyID,
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: keySecret,
    ALIBABA_CLOUD_SECURITY_TOKEN: token,
  };
  const real = openIms({ endpoint, credentials: { environment: {} } }, undefined, surroundings({ env }));
  registryConformance(
    'The registry over the service itself',
    async () => ownPart(real, `ramify-test-${randomUUID().slice(0, 8)}_`),
    { forgetsOperations },
  );
}
