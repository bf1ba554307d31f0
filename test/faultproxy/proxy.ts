/**
 * A proxy in front of a real API server that a test steers: everything is relayed, until a call meets a fault.
 *
 * It speaks TLS and HTTP/1.1 under a certificate of its own. A client that shows a token is relayed with it, any other as
 * the cluster's administrator. In-process clients and processes find it by its kubeconfig.
 *
 * @module
 */
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent, createServer, request, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { ClusterAccess } from '../controlplane/access.ts';
import { type Certificates, makeCertificates } from '../controlplane/certificates.ts';
import { kubeconfig } from '../controlplane/kubeconfig.ts';
import { type Call, callOf, Exchange } from './exchange.ts';
import type { Fault } from './faults.ts';
import { isMeant, Plan, type Planted, type Where } from './plan.ts';

/** What the proxy relays to. */
export type Upstream = Pick<ClusterAccess, 'url' | 'tls' | 'headers'>;

/** Starts a proxy on a free port of the loopback. */
export async function startFaultProxy(upstream: Upstream): Promise<FaultProxy> {
  const certificates = await makeCertificates();
  const proxy = new FaultProxy(upstream, certificates, await mkdtemp(join(tmpdir(), 'ramify-faultproxy-')));
  await proxy.accept();
  await writeFile(proxy.kubeconfig, kubeconfig(proxy.url, certificates), { mode: 0o600 });
  return proxy;
}

/** A running proxy. */
export class FaultProxy {
  /** Every call so far, and when it came, in milliseconds of `performance.now()`. */
  readonly calls: (Call & { readonly at: number })[] = [];
  readonly #folder: string;
  readonly #upstream: Upstream;
  readonly #plan = new Plan();
  readonly #server: Server;
  /** By the client's port: a TLS socket cannot be reset, the one beneath it can. */
  readonly #sockets = new Map<number, Socket>();
  readonly #exchanges = new Set<Exchange>();
  readonly #administrator: Agent;
  readonly #bearer: Agent;
  #port = 0;

  constructor(upstream: Upstream, { server: { certificate: cert, key } }: Certificates, folder: string) {
    const { ca } = upstream.tls;
    this.#upstream = upstream;
    this.#folder = folder;
    this.#administrator = new Agent({ ...upstream.tls, keepAlive: true });
    this.#bearer = new Agent({ ...(ca !== undefined && { ca }), keepAlive: true });
    this.#server = createServer({ cert, key }, (asked, response) => void this.#hear(asked, response));
    this.#server.on('connection', (socket: Socket) => this.#attend(socket));
  }

  get url(): string {
    return `https://127.0.0.1:${this.#port}`;
  }

  /** Path of a kubeconfig that names the proxy; removed with it. */
  get kubeconfig(): string {
    return join(this.#folder, 'kubeconfig');
  }

  /** Lets calls meet a fault. */
  plant(fault: Fault, where?: Where): Planted {
    return this.#plan.plant(fault, where);
  }

  /** What was planted and never met: a test that planted it has shown nothing. */
  get unfired(): readonly Where[] {
    return this.#plan.unfired;
  }

  /** What is being answered now, oldest first: its answers can be steered. */
  open(where: Where = {}): readonly Exchange[] {
    return [...this.#exchanges].filter(({ call }) => isMeant(call, where));
  }

  /** How many clients are connected. */
  get connections(): number {
    return this.#sockets.size;
  }

  /** Cuts every connection and accepts no other: nobody listens any more. */
  async refuse(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets.values()) socket.resetAndDestroy();
    await closed;
  }

  /** Accepts connections, again at the same address. */
  async accept(): Promise<void> {
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    // A server that listens on a port has an address with one.
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    if (this.#server.listening) await this.refuse();
    this.#administrator.destroy();
    this.#bearer.destroy();
    await rm(this.#folder, { recursive: true, force: true });
  }

  #attend(socket: Socket): void {
    const { remotePort = 0 } = socket;
    this.#sockets.set(remotePort, socket);
    socket.on('close', () => this.#sockets.delete(remotePort));
  }

  async #hear(asked: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = callOf(asked);
    const { remotePort = 0 } = asked.socket;
    const body = await buffer(asked);
    const reset = () => void this.#sockets.get(remotePort)?.resetAndDestroy();
    const exchange = new Exchange(call, { send: () => this.#send(asked, body), body, response, reset });
    this.calls.push({ ...call, at: performance.now() });
    this.#exchanges.add(exchange);
    response.on('close', () => this.#exchanges.delete(exchange));
    const fault: Fault = this.#plan.meet(call) ?? ((one) => one.relay());
    // The API server is gone, or the client is: either way there is nobody to tell but the client.
    await Promise.resolve(fault(exchange)).catch(reset);
  }

  async #send({ method, url, headers }: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
    const { host: _host, connection: _connection, ...others } = headers;
    const shown = headers.authorization === undefined ? this.#upstream.headers : {};
    const agent = headers.authorization === undefined ? this.#administrator : this.#bearer;
    const sent = request(new URL(url ?? '/', this.#upstream.url), { method, agent, headers: { ...others, ...shown } });
    sent.end(body);
    const [answer]: IncomingMessage[] = await once(sent, 'response');
    if (answer === undefined) throw new Error('a response event comes with its response');
    return answer;
  }
}
