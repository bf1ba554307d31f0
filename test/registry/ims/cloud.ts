/**
 * An account in the cloud, within this process: the registry server over a store, with something on the way to it that a test
 * steers.
 *
 * @module
 */

import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { expect } from 'vitest';
import type { StoreRegistry } from '../../../src/registry/store/store.ts';
import type { Entry } from '../../../src/server/journal.ts';
import type { WireRequest } from '../../../src/server/request.ts';
import { openServer, type RegistryServer, type ServerOptions } from '../../../src/server/server.ts';
import { accessKey } from '../../server/requests.ts';
import { type Received, rpcServer } from '../../support/rpc-server.ts';
import { opened, place } from '../store/fixtures.ts';

/** What becomes of a request instead of that it is served; `serve` asks the server, whatever and as often as one likes. */
export type Fault = (request: WireRequest, response: ServerResponse, serve: RegistryServer['handle']) => unknown;

export interface Cloud {
  readonly endpoint: string;
  /** What is in the account: every call to it is what somebody else does. */
  readonly store: StoreRegistry;
  /** The actions that the journal has since this was last asked. */
  calls(): readonly string[];
  /** Every request for one of the actions meets the fault, until it is lifted. */
  plant(fault: Fault, actions: readonly string[]): void;
  /** Nothing is in the way any more. */
  lift(): void;
}

/** An account that `accessKey` opens; it ends with the test. */
export async function openCloud(options: Partial<Pick<ServerOptions, 'clock' | 'behaviour'>> = {}): Promise<Cloud> {
  const { clock = Date.now, behaviour = {} } = options;
  const journal: Entry[] = [];
  const store = await opened(place(), clock);
  const server = await openServer({
    registry: store,
    accessKeys: [accessKey],
    clock,
    newID: randomUUID,
    log: { error: (fields) => expect.fail(JSON.stringify(fields)) },
    journal: (entry) => journal.push(entry),
    behaviour,
  });
  let planted: { readonly fault: Fault; readonly actions: readonly string[] } | undefined;
  const { host } = await rpcServer((request) => (response) => {
    const fault = planted?.actions.includes(request.action) ? planted.fault : relay;
    void fault(asSent(request), response, server.handle);
  });
  return {
    endpoint: `http://${host}`,
    store,
    calls: () => journal.splice(0).map(({ action = 'none' }) => action),
    plant: (fault, actions) => void (planted = { fault, actions }),
    lift: () => void (planted = undefined),
  };
}

function asSent({ method, url: target, headers, body }: Received): WireRequest {
  const given = Object.entries(headers).map(([name, value]) => [name, String(value)]);
  return { method, target, headers: Object.fromEntries(given), body: Buffer.from(body) };
}

/** Passes on what the server says. */
export const relay: Fault = async (request, response, serve) => {
  const { status, headers, body } = await serve(request);
  response.writeHead(status, headers).end(body);
};

/** The calls beside the slow looks at client secrets (`src/controller/turns.ts`), of which there may be at most so many. */
export function besideLooks(calls: readonly string[], most: number): readonly string[] {
  const ofLook = (action: string) => action === 'GetApplication' || action === 'ListAppSecretIds';
  expect(calls.filter(ofLook).length, 'calls of looks at client secrets').toBeLessThanOrEqual(2 * most);
  return calls.filter((action) => !ofLook(action));
}
