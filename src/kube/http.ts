/**
 * The transport over HTTP: what each call sends, and what its answer means.
 *
 * @module
 */

import { broken, refusal, valueIfThere } from './answer.ts';
import type { Connection } from './connection.ts';
import { events } from './events.ts';
import type { KubeObject, WatchEvent } from './kube.ts';
import { nameOf, type Request, Requester } from './requests.ts';
import type { DeleteOptions, Page, ReadOptions, Transport, WatchOptions, WriteOptions } from './transport.ts';

export interface TransportOptions {
  readonly connection: Connection;
  /** The name under which writes are recorded in `managedFields`. */
  readonly fieldManager: string;
  /** As the API server's audit log shows it. */
  readonly userAgent: string;
  /** Milliseconds for one call, its repetitions included; 4,000 by default. */
  readonly deadline?: number;
  /** Milliseconds without a byte after which a watch is given up; 90,000 by default: the server sends a bookmark each minute. */
  readonly silence?: number;
  /** Called right before each write is sent, its credentials at hand; an `ApiError` that it throws is the write's. */
  readonly beforeWrite?: () => void;
  /** Told of each request that was sent; `status`: of the answer, if there was one. It is quick and does not throw. */
  readonly onSent?: ((method: string, status: number | undefined) => void) | undefined;
}

/** Connects when first used. */
export function openTransport({ silence = 90_000, deadline = 4000, ...options }: TransportOptions): Transport {
  return new HTTPTransport(new Requester({ ...options, silence }), deadline, options.fieldManager);
}

/** Milliseconds: 500 large objects take their time. */
const pageDeadline = 30_000;

const json = { 'content-type': 'application/json' };
const mergePatch = { 'content-type': 'application/merge-patch+json' };

class HTTPTransport implements Transport {
  readonly #requester: Requester;
  readonly #deadline: number;
  /** The query of what is written. */
  readonly #writing: string;
  /** The query of what is only tried. */
  readonly #trying: string;

  constructor(requester: Requester, deadline: number, fieldManager: string) {
    this.#requester = requester;
    this.#deadline = deadline;
    const writing = { fieldManager, fieldValidation: 'Strict' };
    this.#writing = encoded(writing);
    this.#trying = encoded({ ...writing, dryRun: 'All' });
  }

  get<T extends KubeObject>(path: string, options: ReadOptions = {}): Promise<T | undefined> {
    const request = reading(path, options, 'PartialObjectMetadata');
    return this.#requester.repeat(request, this.#deadline, valueIfThere<T>);
  }

  create<T extends KubeObject>(path: string, body: object, options: WriteOptions = {}): Promise<T> {
    return this.#write({ method: 'POST', path, headers: json, body }, options);
  }

  patch<T extends KubeObject>(path: string, body: object, options: WriteOptions = {}): Promise<T> {
    return this.#write({ method: 'PATCH', path, headers: mergePatch, body }, options);
  }

  async delete(path: string, { uid, resourceVersion, propagationPolicy, signal }: DeleteOptions = {}): Promise<void> {
    const body = { preconditions: { uid, resourceVersion }, propagationPolicy };
    const request = { method: 'DELETE', path, headers: json, body, signal } as const;
    await this.#requester.once(request, this.#deadline, valueIfThere);
  }

  async page<T extends KubeObject>(path: string, options: ReadOptions = {}): Promise<Page<T>> {
    const request = reading(path, options, 'PartialObjectMetadataList');
    const list = await this.#requester.repeat<List<T>>(request, pageDeadline);
    const { resourceVersion, continue: next = '' } = list.metadata;
    return { items: itemsOf(list), resourceVersion, ...(next === '' ? {} : { next }) };
  }

  async *watch<T extends KubeObject>(path: string, options: WatchOptions = {}): AsyncGenerator<WatchEvent<T>> {
    const query = { ...options.query, watch: 'true' };
    const request = reading(path, { ...options, query }, 'PartialObjectMetadata');
    const asked = nameOf(request);
    try {
      const response = await this.#requester.stream(request);
      if (response.statusCode !== 200) throw refusal({ ...response, text: await response.body.text() }, asked);
      options.onOpen?.();
      yield* events<T>(response.body, asked);
    } catch (error) {
      throw broken(error, asked, options.signal);
    }
  }

  close(): Promise<void> {
    return this.#requester.close();
  }

  #write<T>(request: Omit<Request, 'query' | 'signal'>, { dryRun = false, signal }: WriteOptions): Promise<T> {
    const query = dryRun ? this.#trying : this.#writing;
    return this.#requester.once({ ...request, query, signal }, this.#deadline);
  }
}

/** A list as the server sends it: its items do not say what they are where the list does. */
interface List<T> {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly T[] | null;
}

function itemsOf<T extends KubeObject>({ apiVersion, kind, items }: List<T>): readonly T[] {
  return (items ?? []).map((item) => ({ apiVersion, kind: kind.replace(/List$/, ''), ...item }));
}

/** Nothing but the metadata form is accepted where that is asked for: a server that lacks it refuses, and sends no values. */
function reading(path: string, { query, metadataOnly, signal }: ReadOptions, form: string): Request {
  const accept = `application/json;as=${form};g=meta.k8s.io;v=v1`;
  const headers = metadataOnly === true ? { accept } : {};
  return { method: 'GET', path, query: query && encoded(query), headers, signal };
}

function encoded(query: Readonly<Record<string, string>>): string {
  return new URLSearchParams(query).toString();
}
