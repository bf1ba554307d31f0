/**
 * The controller as a process of its own, for many plans at once, behind a proxy that knows whose each request is.
 *
 * @module
 */

import type { Exchange } from '../../faultproxy/exchange.ts';
import { type FaultProxy, startFaultProxy, type Upstream } from '../../faultproxy/proxy.ts';
import { type ControllerProcess, startController } from '../../support/controller-process.ts';
import { accessKeyVariables } from '../stage/account.ts';

/** A plan as the process that works for it knows it. */
export interface Guest {
  /** A request about what is in its namespace, or about its OAuthRegistry. */
  hear(exchange: Exchange): Promise<void>;
  /** A line of the log that is about it, or about nobody in particular. */
  note(line: string): void;
  /** A new process is about to begin. */
  revive(): void;
}

/** As many as the flag takes: a plan that is struck keeps a worker waiting. */
const concurrency = '128';

const preload = new URL('short-window.ts', import.meta.url).href;

/** Whose a request is: the name is that of the namespace and of the OAuthRegistry. */
const guestIn = /\/(?:namespaces|oauthregistries)\/([^/]+)/;

export class Host {
  readonly #proxy: FaultProxy;
  readonly #guests = new Map<string, Guest>();
  #controller: ControllerProcess | undefined;

  /** With a controller that is ready. */
  static async open(upstream: Upstream): Promise<Host> {
    const host = new Host(await startFaultProxy(upstream));
    await host.#start();
    return host;
  }

  private constructor(proxy: FaultProxy) {
    this.#proxy = proxy;
    proxy.plant((exchange) => this.#hear(exchange), { isWatch: false, times: Number.POSITIVE_INFINITY });
  }

  receive(name: string, guest: Guest): void {
    this.#guests.set(name, guest);
  }

  dismiss(name: string): void {
    this.#guests.delete(name);
  }

  /** kill -9, and another process, which is ready when this resolves. */
  async restart(): Promise<void> {
    await this.#kill();
    for (const guest of this.#guests.values()) guest.revive();
    await this.#start();
  }

  async close(): Promise<void> {
    await this.#kill();
    await this.#proxy.stop();
  }

  async #start(): Promise<void> {
    this.#controller = await startController({
      kubeconfig: this.#proxy.kubeconfig,
      logLevel: 'debug',
      flags: ['--concurrency', concurrency],
      env: accessKeyVariables,
      preload,
      onLine: (line) => this.#note(line),
    });
  }

  async #kill(): Promise<void> {
    this.#controller?.kill('SIGKILL');
    await this.#controller?.exited;
  }

  async #hear(exchange: Exchange): Promise<void> {
    const [, name = ''] = guestIn.exec(exchange.call.path) ?? [];
    await (this.#guests.get(name)?.hear(exchange) ?? exchange.relay());
  }

  #note(line: string): void {
    const [name] = /f-[0-9a-f-]{36}/.exec(line) ?? [];
    const concerned = name === undefined ? this.#guests.values() : [this.#guests.get(name)];
    for (const guest of concerned) guest?.note(line);
  }
}
