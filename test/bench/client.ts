/**
 * The bare client that ramify is held against: pooled HTTP/1.1 connections, and nothing else.
 *
 * @module
 */

import { type Dispatcher, Pool } from 'undici';
import type { ClusterAccess } from '../controlplane/access.ts';
import type { ApplicationObject } from './application.ts';

/** How a cluster is reached; plain data, for processes of their own. */
export type Access = Pick<ClusterAccess, 'url' | 'tls' | 'headers'>;

/** One line of a watch; the API server's own `ERROR` is none, and ends in a failure. */
export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: ApplicationObject;
}

export interface Client {
  /** One call, with a body of JSON; a PATCH is a merge patch. Throws unless the answer is 2xx. */
  send<T = unknown>(method: Dispatcher.HttpMethod, path: string, body?: object | string): Promise<T>;
  /** The changes of a namespace's OAuthApplications, beginning with what is there. Fails when the client is closed. */
  watchApplications(namespace: string): AsyncGenerator<Change>;
  close(): Promise<void>;
}

/**
 * @param inFlight how many calls there are at most at once; more wait for their turn
 */
export function openClient({ url, tls, headers: credentials }: Access, inFlight: number): Client {
  const connect = { ...tls, allowH2: false };
  const calls = new Pool(url, { connect, connections: inFlight });
  const streams = new Pool(url, { connect, bodyTimeout: 0 });
  const headers = { ...credentials, accept: 'application/json', 'user-agent': 'ramify-bench' };
  return {
    send: async <T>(method: Dispatcher.HttpMethod, path: string, body?: object | string): Promise<T> => {
      const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
      const content = typeof body === 'object' ? JSON.stringify(body) : body;
      const answer = await calls.request({
        method,
        path,
        headers: { ...headers, 'content-type': type },
        ...(content !== undefined && { body: content }),
      });
      const text = await answer.body.text();
      if (answer.statusCode >= 300) throw new Error(`${method} ${path}: ${text}`);
      return JSON.parse(text);
    },
    watchApplications: async function* (namespace) {
      let from = '';
      // The API server ends the watch of a client that is slow, as one on a busy machine is: it goes on where it was.
      for (;;) {
        const path = `${applicationsPath(namespace)}?watch=true${from}`;
        const answer = await streams.request({ method: 'GET', path, headers });
        for await (const line of linesOf(answer.body.setEncoding('utf8'))) {
          const change: Change = JSON.parse(line);
          if (!('spec' in change.object)) throw new Error(`the watch failed: ${line}`);
          from = `&resourceVersion=${change.object.metadata.resourceVersion}`;
          yield change;
        }
      }
    },
    close: async () => {
      await Promise.all([calls.destroy(), streams.destroy()]);
    },
  };
}

async function* linesOf(texts: AsyncIterable<string>): AsyncGenerator<string> {
  let begun = '';
  for await (const text of texts) {
    const lines = (begun + text).split('\n');
    begun = lines.pop() ?? '';
    yield* lines;
  }
}

const group = '/apis/ramify.dev/v1alpha1';

/** Where a namespace's OAuthApplications are, and one of them. */
export function applicationsPath(namespace: string, name?: string): string {
  return `${group}/namespaces/${namespace}/oauthapplications${name === undefined ? '' : `/${name}`}`;
}

/** Likewise its Secrets. */
export function secretsPath(namespace: string, name?: string): string {
  return `/api/v1/namespaces/${namespace}/secrets${name === undefined ? '' : `/${name}`}`;
}

/** And where what became of them is told. */
export function eventsPath(namespace: string): string {
  return `/apis/events.k8s.io/v1/namespaces/${namespace}/events`;
}
