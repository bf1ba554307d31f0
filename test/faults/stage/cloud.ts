/**
 * An account behind the IMS API: the registry server in this process, spoken to over HTTP by Alibaba Cloud's SDK. Requests are
 * counted where they arrive, and meet their faults there.
 *
 * @module
 */

import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { Sensitive } from '../../../src/core/sensitive.ts';
import type { StoreRegistry } from '../../../src/registry/store/store.ts';
import { lagging } from '../../../src/server/replica.ts';
import type { WireRequest } from '../../../src/server/request.ts';
import { openServer } from '../../../src/server/server.ts';
import type { Failures, Site } from './injector.ts';
import { Instead, insteadOf } from './instead.ts';
import type { StageTime } from './time.ts';

/** Milliseconds within which a read may miss a write, as is assumed of RAM. */
export const window = 60_000;
/** Milliseconds that the date of a request may differ from the server's. */
const allowedSkew = 900_000;

/** What opens the account. */
export const accessKey = { id: 'LTAIexample', secret: new Sensitive('secretexample') };

/** Whom a request is from, by its user agent. */
export interface Sender {
  readonly isLeading: () => boolean;
  readonly meet: <T>(site: Site<T>) => Promise<T>;
}

export interface Cloud {
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  /** Requests whose user agent holds `name` are this sender's. */
  admit(name: string, sender: Sender): void;
  close(): Promise<void>;
}

/** Serves what is in `store`, whose reads may `lag` so many milliseconds; every call to it is witnessed already. */
export async function openCloud(
  store: StoreRegistry,
  time: Pick<StageTime, 'true' | 'wall'>,
  lag: number,
): Promise<Cloud> {
  let lastWrite = Number.NEGATIVE_INFINITY;
  const { registry, replica } = lagging(store, lag, time.true);
  const serverOf = (reads: object) =>
    openServer({
      registry: { ...store, ...registry, ...reads },
      accessKeys: [accessKey],
      // The SDK dates its requests by the real time.
      clock: Date.now,
      newID: randomUUID,
      log: { error: (fields, message) => expectNone(fields, message) },
    });
  const [fresh, stale] = [await serverOf({}), await serverOf(replica)];
  const senders = new Map<string, Sender>();

  const hear = async (request: IncomingMessage, response: ServerResponse) => {
    const sender = [...senders].find(([name]) => request.headers['user-agent']?.includes(name))?.[1];
    if (sender === undefined) return response.destroy();
    const wire = await wireRequest(request);
    const action = actionOf(wire);
    const isWrite = !/^(Get|List)/.test(action);
    const send = async () => {
      if (isWrite) lastWrite = time.true();
      return fresh.handle(wire);
    };
    const perform = async () => {
      if (isWrite && !sender.isLeading()) throw new Instead();
      if (Math.abs(time.wall() - time.true()) > allowedSkew) throw refusing(400, 'InvalidTimeStamp.Expired');
      return send();
    };
    const hasPast = !isWrite && time.true() - lastWrite < lag;
    const past = hasPast ? () => stale.handle(wire) : undefined;
    const kind = { side: 'registry', verb: action, object: '', isWrite, hasPast } as const;
    const answer = await sender.meet({ ...kind, perform, send, past, failures }).catch(insteadOf);
    if (answer === undefined) return response.destroy();
    return response.writeHead(answer.status, answer.headers).end(answer.body);
  };
  const server = createServer((request, response) => void hear(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on a port has an address with one.
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    admit: (name, sender) => void senders.set(name, sender),
    close: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function expectNone(fields: object, message: string): never {
  throw new Error(`${message}: ${JSON.stringify(fields)}`);
}

async function wireRequest(request: IncomingMessage): Promise<WireRequest> {
  const { method = '', url: target = '', headers } = request;
  const given = Object.entries(headers).map(([name, value]) => [name, String(value)]);
  return { method, target, headers: Object.fromEntries(given), body: await buffer(request) };
}

function actionOf({ headers, target }: WireRequest): string {
  return headers['x-acs-action'] ?? new URL(target, 'http://any').searchParams.get('Action') ?? '';
}

function refusing(status: number, Code: string, headers: Readonly<Record<string, string>> = {}): Instead {
  const body = JSON.stringify({ RequestId: randomUUID(), HostId: 'ims', Code, Message: 'says the fault' });
  return new Instead({ status, headers: { 'content-type': 'application/json', ...headers }, body });
}

const failures: Failures = {
  unanswered: () => new Instead(),
  unreadable: () => new Instead({ status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Log on' }),
  throttled: (seconds) =>
    refusing(400, 'Throttling.User', seconds === undefined ? {} : { 'x-acs-retry-after': String(seconds * 1_000) }),
  denied: () => refusing(403, 'NoPermission'),
  conflict: () => refusing(409, 'DeleteConflict.Application.Secret'),
};
