/**
 * The stage of one plan whose controller is a process, shared with other plans, in real time. The account is the registry
 * server in this process, which the controller finds over HTTP.
 *
 * Who is killed at a call does nothing more: of what the process sends for the plan from then on nothing gets through, until
 * it is killed together with those of other plans, and another begins.
 *
 * @module
 */

import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StoreRegistry } from '../../../src/registry/store/store.ts';
import type { Exchange } from '../../faultproxy/exchange.ts';
import { eventually } from '../../support/eventually.ts';
import { type ApplicationObject, condition } from '../../support/tenant.ts';
import type { Powers } from '../faults.ts';
import { openCloudAccount } from '../stage/account.ts';
import { Injector, type Kind, type Site } from '../stage/injector.ts';
import { Instead } from '../stage/instead.ts';
import { objectIn } from '../stage/place.ts';
import type { Effort, Stage } from '../stage/scene.ts';
import type { Grounds } from '../stage/stage.ts';
import { type Team, teamOf } from '../stage/team.ts';
import { View } from '../stage/view.ts';
import { Watchman } from '../stage/watchman.ts';
import { witnessed } from '../stage/witnessed.ts';
import { apiGate } from './api-gate.ts';
import type { Guest, Host } from './host.ts';

type Account = Awaited<ReturnType<typeof openCloudAccount>>;

/** Time passes so many times as fast as on a virtual clock: intervals that may be shorter are. */
const pace = 12;
const resyncInterval = '10s';
/** Milliseconds without a call after which nothing more is taken to follow. */
const calm = 1_000;
/** Milliseconds until what was asked for is given up, on a machine that is busy. */
const patience = 180_000;
/** Milliseconds between two looks at whether it is there. */
const glance = 100;

const realTime = { true: Date.now, wall: Date.now, wasSetBack: () => false };

export class ProcessStage implements Stage, Guest {
  readonly namespace: string;
  readonly time = realTime;
  readonly injector = new Injector();
  readonly account: Account;
  readonly view: View;
  readonly watchman: Watchman;
  readonly team: Team;
  readonly said: string[] = [];
  readonly #host: Host;
  readonly #pass: (exchange: Exchange) => Promise<void>;
  readonly #powers: Powers;
  #isAlive = true;
  /** When there was a call. */
  #stirred = 0;

  /** With an OAuthRegistry that is ready; `onStruck` is called when its controller is to be killed. */
  static async open(grounds: Grounds, host: Host, onStruck: () => void): Promise<ProcessStage> {
    let stage: ProcessStage | undefined;
    const written = async () => stage?.watchman.registryWrote('controller');
    const account = await openCloudAccount({ time: realTime, written, lag: 0, random: randomBytes });
    stage = new ProcessStage(grounds, host, account, onStruck);
    const { team, namespace, view } = stage;
    await team.create('namespaces', namespace, { apiVersion: 'v1', kind: 'Namespace' });
    const spec = { ...account.spec, resyncInterval };
    await team.create('oauthregistries', namespace, {
      apiVersion: 'ramify.dev/v1alpha1',
      kind: 'OAuthRegistry',
      spec,
    });
    const isReady = () => {
      // Both kinds have conditions.
      const registry = view.get('registries', namespace) as ApplicationObject | undefined;
      return registry?.status !== undefined && condition(registry, 'Ready')?.status === 'True';
    };
    await eventually(isReady, patience, glance);
    return stage;
  }

  private constructor(grounds: Grounds, host: Host, account: Account, onStruck: () => void) {
    const namespace = `f-${randomUUID()}`;
    this.namespace = namespace;
    this.account = account;
    this.#host = host;
    const view = new View(grounds.observatory, namespace, Date.now);
    const watchman = new Watchman({ view, store: account.store, prefix: `${account.prefix}${namespace}.` });
    this.view = view;
    this.watchman = watchman;
    const { outside } = grounds;
    this.team = teamOf(witnessed(outside, { by: 'outside', namespace, view, watchman }), namespace, view);
    this.#powers = powersOf(() => {
      this.#isAlive = false;
      onStruck();
    });
    const meet = <T>(site: Site<T>) => this.#meet(site);
    this.#pass = apiGate({ namespace, outside, view, watchman, meet });
    account.admit('ramify/', { isLeading: () => true, meet });
    host.receive(namespace, this);
  }

  async hear(exchange: Exchange): Promise<void> {
    if (!this.#isAlive) return exchange.reset();
    const object = objectIn(exchange.call.path, this.namespace);
    if (/^(?:oauthapplications|secrets)\b/.test(object)) return this.#pass(exchange);
    this.said.push(exchange.body);
    return exchange.relay();
  }

  note(line: string): void {
    this.said.push(line);
  }

  revive(): void {
    this.#isAlive = true;
  }

  outside<T>(work: (store: StoreRegistry) => Promise<T>): Promise<T> {
    return this.watchman.outside(work);
  }

  stop(): never {
    throw new Error('others work with the same process');
  }

  restart(): never {
    return this.stop();
  }

  async rest(
    isDone: () => boolean | Promise<boolean> = () => true,
    isFollowed: () => boolean = () => true,
  ): Promise<Effort | undefined> {
    const began = performance.now();
    this.#stirred = began;
    const isCalm = () => this.#isAlive && performance.now() - this.#stirred > calm;
    try {
      await eventually(async () => isCalm() && (await isDone()) && isCalm(), patience, glance);
      await eventually(isFollowed);
    } catch {
      return undefined;
    }
    return { milliseconds: performance.now() - began, passes: 0 };
  }

  live(milliseconds: number): Promise<void> {
    return sleep(milliseconds / pace);
  }

  /** What is left is taken away, as the controller does it: it would work on it for ever. */
  async close(): Promise<void> {
    const { team, view, namespace } = this;
    for (const { metadata } of view.all('applications')) await team.delete('oauthapplications', metadata.name);
    await eventually(() => view.all('applications').length === 0, patience, glance);
    await team.delete('oauthregistries', namespace);
    await eventually(() => view.get('registries', namespace) === undefined, patience, glance);
    this.#host.dismiss(namespace);
    view.leave();
    await this.account.close();
  }

  async #meet<T>(site: Site<T>): Promise<T> {
    if (!this.#isAlive) throw new Instead();
    if (this.#isLook(site)) return site.perform();
    this.#stirred = performance.now();
    return this.injector.meet(site, this.#powers).finally(() => {
      this.#stirred = performance.now();
    });
  }

  /** Whether the call is about the account as a whole: that is looked at in its own time, whatever happens to a resource. */
  #isLook({ verb }: Kind): boolean {
    if (verb === 'GetCallerIdentity') return true;
    const isFound = ({ status }: { status?: unknown }) => JSON.stringify(status ?? {}).includes('"applicationID"');
    return verb === 'ListApplications' && this.view.all('applications').every(isFound);
  }
}

/** What a fault can do to a process that others work with as well. */
function powersOf(onDeath: () => void): Powers {
  const impossible = () => {
    throw new Error('others work with the same process');
  };
  return {
    die: () => {
      onDeath();
      return Promise.reject(new Instead());
    },
    later: (milliseconds, effect) => void sleep(milliseconds).then(effect),
    jump: impossible,
    overtake: impossible,
  };
}
