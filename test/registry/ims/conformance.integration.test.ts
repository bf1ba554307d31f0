/**
 * The registry over the IMS API keeps the promises of the port: through the SDK and a socket to the local server, over a store;
 * and, where a key to an account is given, against the service itself.
 *
 * @module
 */

import { randomUUID } from 'node:crypto';
import { expect, onTestFinished } from 'vitest';
import { openIms } from '../../../src/registry/ims/open.ts';
import { type Registry, wrap } from '../../../src/registry/registry.ts';
import { openServer, type ServerOptions } from '../../../src/server/server.ts';
import { accessKey } from '../../server/requests.ts';
import { registryConformance } from '../conformance.ts';
import { opened } from '../store/fixtures.ts';
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

registryConformance('The registry over the local server', () => served({}), { forgetsOperations });

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
