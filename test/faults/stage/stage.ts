/**
 * The stage of one plan: a namespace of a real API server, an account, a controller in it, and somebody who does things
 * from outside.
 *
 * @module
 */

import { randomUUID } from 'node:crypto';
import type { Transport } from '../../../src/kube/transport.ts';
import type { StoreRegistry } from '../../../src/registry/store/store.ts';
import type { Upstream } from '../../faultproxy/proxy.ts';
import { eventually } from '../../support/eventually.ts';
import type { Powers } from '../faults.ts';
import { type Account, type Backend, openAccount } from './account.ts';
import { apiDoor } from './api-door.ts';
import { Deliveries } from './deliveries.ts';
import { Injector, type Site } from './injector.ts';
import type { Observatory } from './observatory.ts';
import { type Life, Replica } from './replica.ts';
import type { Effort, Stage } from './scene.ts';
import { type Team, teamOf } from './team.ts';
import { openTime, type StageTime } from './time.ts';
import { View } from './view.ts';
import { Watchman } from './watchman.ts';
import { witnessed } from './witnessed.ts';

/** What all stages share. */
export interface Grounds {
  /** How a process reaches the API server. */
  readonly access: Upstream;
  /** To the API server, as somebody else than a controller. */
  readonly outside: Transport;
  /** The same, as a controller. */
  readonly inside: Transport;
  readonly observatory: Observatory;
}

/** Milliseconds until another leads where one hangs: its Lease runs out. */
const leaseDuration = 15_000;
/** Milliseconds for which a second leader works before the first wakes. */
const reign = 30_000;
/** Milliseconds for which it must stay as it is to be: what follows within them is still part of what began. */
const calm = 30_000;
const year = 31_536_000_000;
/** Milliseconds until a wrong clock is noticed where it matters. */
const setRight = 20_000;
/** Milliseconds until what was asked for is given up. */
const mostRest = 3_600_000;
/** Passes at one instant, more of which are a loop without end. */
const mostPasses = 200;

/** The controller is in this process, and time is the plan's. */
export class VirtualStage implements Stage {
  readonly namespace: string;
  readonly time: StageTime;
  readonly injector = new Injector();
  readonly account: Account;
  readonly view: View;
  readonly watchman: Watchman;
  readonly team: Team;
  readonly said: string[] = [];
  /** Passes over applications so far. */
  passes = 0;
  readonly #grounds: Grounds;
  readonly #deliveries: Deliveries;
  readonly #effects = new Set<Promise<unknown>>();
  #replica: Replica | undefined;
  #marked: Effort = { milliseconds: 0, passes: 0 };

  /** With an OAuthRegistry that is ready, and a controller at rest. */
  static async open(grounds: Grounds, backend: Backend): Promise<VirtualStage> {
    const namespace = `f-${randomUUID()}`;
    const time = openTime();
    let stage: VirtualStage | undefined;
    const account = await openAccount(backend, time, async () => stage?.watchman.registryWrote('controller'));
    stage = new VirtualStage(grounds, namespace, time, account);
    await stage.team.create('namespaces', namespace, { apiVersion: 'v1', kind: 'Namespace' });
    await stage.team.create('oauthregistries', namespace, {
      apiVersion: 'ramify.dev/v1alpha1',
      kind: 'OAuthRegistry',
      spec: account.spec,
    });
    await stage.restart();
    await stage.rest();
    return stage;
  }

  private constructor(grounds: Grounds, namespace: string, time: StageTime, account: Account) {
    this.#grounds = grounds;
    this.namespace = namespace;
    this.time = time;
    this.account = account;
    this.view = new View(grounds.observatory, namespace, time.true);
    const prefix = `${account.prefix}${namespace}.`;
    this.watchman = new Watchman({ view: this.view, store: account.store, prefix });
    const { view, watchman } = this;
    this.team = teamOf(witnessed(grounds.outside, { by: 'outside', namespace, view, watchman }), namespace, view);
    this.#deliveries = new Deliveries(view);
  }

  outside<T>(work: (store: StoreRegistry) => Promise<T>): Promise<T> {
    return this.watchman.outside(work);
  }

  stop(): void {
    this.#replica = undefined;
  }

  async restart(): Promise<void> {
    await this.view.caughtUp();
    this.view.takePending();
    const life: Life = { isLeading: true, absence: undefined, death: Promise.withResolvers() };
    this.#replica = new Replica(this.#options(life));
    await this.#replica.relist(this.view.lists());
  }

  async rest(
    isDone: () => boolean | Promise<boolean> = () => true,
    isFollowed: () => boolean = () => true,
  ): Promise<Effort | undefined> {
    const { monotonic } = this.time;
    const end = monotonic.now() + mostRest;
    this.#mark();
    let done: Effort | undefined;
    let until = end;
    for (;;) {
      await this.#work();
      if (!(await isDone())) {
        done = undefined;
        until = end;
      } else if (done === undefined) {
        done = this.#sinceMark();
        until = monotonic.now() + calm;
        await eventually(isFollowed);
        await this.#work();
      }
      if (monotonic.now() >= until) return done;
      await this.#pass(Math.min(monotonic.untilNext, until - monotonic.now()));
    }
  }

  async live(milliseconds: number): Promise<void> {
    const { monotonic } = this.time;
    const end = monotonic.now() + milliseconds;
    await this.#work();
    while (monotonic.now() + monotonic.untilNext <= end) {
      await this.#pass(monotonic.untilNext);
      await this.#work();
    }
    await this.#pass(end - monotonic.now());
  }

  async close(): Promise<void> {
    this.view.leave();
    await this.account.close();
  }

  /** Works on all that is due now. */
  async #work(): Promise<void> {
    for (let left = mostPasses; left > 0; left--) {
      const replica = this.#replica;
      if (replica === undefined) return;
      await this.#deliveries.bring(replica, (site) => this.injector.meet(site, this.#powers(replica.life)));
      const { next } = replica;
      if (next === undefined && !this.#deliveries.isWaiting) return;
      if (next !== undefined) await this.#step(replica, next);
    }
    this.watchman.violate('I7', 'passes follow each other without end');
  }

  async #step(replica: Replica, next: 'registries' | 'applications'): Promise<void> {
    if (next === 'applications') this.passes += 1;
    await replica.work(next);
    await Promise.all(this.#effects);
    const { absence } = replica.life;
    if (absence === undefined || replica !== this.#replica) return;
    await this.#pass(absence);
    await this.restart();
  }

  async #pass(milliseconds: number): Promise<void> {
    await this.time.monotonic.pass(milliseconds);
    await Promise.all(this.#effects);
  }

  #setRight(milliseconds: number): void {
    this.time.jump(-milliseconds);
    this.#mark();
  }

  /** From now on it counts how long it takes: something begins, or is over that was in the way. */
  #mark(): void {
    this.#marked = { milliseconds: this.time.monotonic.now(), passes: this.passes };
  }

  #sinceMark(): Effort {
    const { milliseconds, passes } = this.#marked;
    return { milliseconds: this.time.monotonic.now() - milliseconds, passes: this.passes - passes };
  }

  #options(life: Life) {
    const { namespace, time, view, watchman, said } = this;
    const powers = this.#powers(life);
    const isLeading = () => life.isLeading;
    const meet = <T>(site: Site<T>): Promise<T> =>
      life.absence === undefined ? this.injector.meet(site, powers) : new Promise(() => undefined);
    const sleep = (milliseconds: number): Promise<void> =>
      life.absence === undefined ? this.time.monotonic.pass(milliseconds) : new Promise(() => undefined);
    const api = apiDoor({
      api: witnessed(this.#grounds.inside, { by: 'controller', namespace, view, watchman }),
      namespace,
      isLeading,
      view,
      meet,
    });
    const note = (...line: unknown[]) => void said.push(JSON.stringify(line));
    return {
      life,
      namespace,
      time,
      api,
      open: this.account.open({ isLeading, meet, sleep }),
      newID: randomUUID,
      log: { debug: note, info: note, error: note },
      record: note,
    };
  }

  #powers(life: Life): Powers {
    return {
      die: (afterMilliseconds) => {
        life.absence = afterMilliseconds;
        life.death.resolve();
        return new Promise(() => undefined);
      },
      later: (milliseconds, effect) => {
        this.time.monotonic.after(milliseconds, () => {
          const done = effect().finally(() => this.#effects.delete(done));
          this.#effects.add(done);
        });
      },
      jump: (milliseconds) => {
        this.time.jump(milliseconds);
        // An account elsewhere takes no request of a wrong date, and what was before a resource says nothing of it: the clock is set right.
        if (this.account.isElsewhere || milliseconds < 0 || milliseconds > year)
          this.time.monotonic.after(setRight, () => this.#setRight(milliseconds));
      },
      overtake: async () => {
        life.isLeading = false;
        await this.#pass(leaseDuration);
        await this.restart();
        await this.live(reign);
      },
    };
  }
}
