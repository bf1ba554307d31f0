/**
 * What the registry over the IMS API works in, in a test: an access key from the environment, and real time.
 *
 * @module
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { openLimiters } from '../../../src/registry/ims/limiter.ts';
import { type AlibabaCloudSpec, openIms, type Surroundings } from '../../../src/registry/ims/open.ts';
import { type Received, type Reply, rpcServer } from '../../support/rpc-server.ts';
import { documentedAnswers } from './documented.ts';

const monotonic = () => performance.now();

export function surroundings(changes: Partial<Surroundings> = {}): Surroundings {
  return {
    env: { ALIBABA_CLOUD_ACCESS_KEY_ID: 'LTAIexample', ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'secretexample' },
    readSecret: async () => undefined,
    readFile: () => Promise.reject(new Error('there are no files')),
    clock: Date.now,
    monotonic,
    limiterOf: openLimiters({ monotonic, sleep: (milliseconds) => sleep(milliseconds) }),
    mayWrite: () => true,
    userAgent: 'ramify/test',
    ...changes,
  };
}

const environment = { credentials: { environment: {} } } as const;

/** The answer that the documentation shows. */
export function documented({ action }: Received): Reply {
  const body = Object.entries(documentedAnswers).find(([name]) => name === action)?.[1];
  return body === undefined ? { status: 404, body: { Code: 'InvalidApi.NotFound', RequestId: '1' } } : { body };
}

/** A registry over a server that answers as told, and as documented where it is not told. */
export async function registryOver(
  reply: (request: Received) => Reply | undefined = () => undefined,
  changes: Partial<Surroundings> = {},
  spec: Partial<AlibabaCloudSpec> = {},
) {
  const server = await rpcServer((request) => reply(request) ?? documented(request));
  const rate = { callsPerSecond: 1_000, burst: 1_000 };
  const registry = openIms({ ...environment, endpoint: `http://${server.host}`, ...spec }, rate, surroundings(changes));
  return { server, registry };
}
