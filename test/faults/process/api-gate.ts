/**
 * The way of a controller's process to the API server: each request is named, witnessed as it takes effect, and may meet a
 * fault.
 *
 * @module
 */

import type { KubeObject } from '../../../src/kube/kube.ts';
import type { DeleteOptions } from '../../../src/kube/transport.ts';
import type { Answer, Exchange } from '../../faultproxy/exchange.ts';
import type { Api } from '../stage/api-door.ts';
import type { Failures, Site } from '../stage/injector.ts';
import { Instead, insteadOf } from '../stage/instead.ts';
import { objectIn } from '../stage/place.ts';
import type { View } from '../stage/view.ts';
import type { Watchman } from '../stage/watchman.ts';
import { witnessed } from '../stage/witnessed.ts';

export interface ApiGateOptions {
  readonly namespace: string;
  /** To look at what a deletion left. */
  readonly outside: Api;
  readonly view: View;
  readonly watchman: Watchman;
  readonly meet: <T>(site: Site<T>) => Promise<T>;
}

/** What is done with each request about the plan's objects. */
export function apiGate(options: ApiGateOptions): (exchange: Exchange) => Promise<void> {
  return async (exchange) => {
    const answer = await options.meet(siteOf(exchange, options)).catch(insteadOf);
    if (answer === undefined) exchange.reset();
    else exchange.answer(answer.status, answer.body, answer.headers);
  };
}

function siteOf(exchange: Exchange, options: ApiGateOptions): Site<Answer> {
  const { method, path } = exchange.call;
  const write = writes[method];
  const send = write === undefined ? () => exchange.fetch() : () => witnessedWrite(write, exchange, options);
  const object = objectIn(path, options.namespace);
  const kind = { side: 'cluster', verb: write ?? 'get', object, isWrite: write !== undefined, hasPast: false } as const;
  return { ...kind, perform: send, send, failures };
}

type Write = 'create' | 'patch' | 'delete';

const writes: Readonly<Partial<Record<string, Write>>> = { POST: 'create', PATCH: 'patch', DELETE: 'delete' };

/** Resolves with the server's answer once what came of it was looked into. */
async function witnessedWrite(
  write: Write,
  exchange: Exchange,
  { outside, ...witnesses }: ApiGateOptions,
): Promise<Answer> {
  const answered = Promise.withResolvers<Answer>();
  const send = async <T extends KubeObject>(): Promise<T> => {
    const answer = await exchange.fetch();
    if (answer.status >= 300) throw new Instead(answer);
    answered.resolve(answer);
    return JSON.parse(answer.body);
  };
  const deleted = async () => void (await send());
  const api = witnessed(
    { get: outside.get, create: send, patch: send, delete: deleted },
    { ...witnesses, by: 'controller' },
  );
  const { path, query } = exchange.call;
  const body: { readonly preconditions?: DeleteOptions } = JSON.parse(exchange.body);
  await (write === 'delete'
    ? api.delete(path, body.preconditions)
    : api[write](path, body, { dryRun: query.has('dryRun') }));
  return answered.promise;
}

const failures: Failures = {
  unanswered: () => new Instead(),
  unreadable: () => new Instead({ status: 200, headers: {}, body: '{"kind":' }),
  throttled: (seconds) =>
    refusing(429, 'TooManyRequests', seconds === undefined ? {} : { 'retry-after': String(seconds) }),
  denied: () => refusing(403, 'Forbidden'),
  conflict: () => refusing(409, 'Conflict'),
};

function refusing(code: number, reason: string, headers: Readonly<Record<string, string>> = {}): Instead {
  const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', code, reason };
  return new Instead({ status: code, headers, body: JSON.stringify({ ...status, message: 'says the fault' }) });
}
