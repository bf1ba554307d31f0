/**
 * Looks after every write at what is so then: the invariants that must hold at every instant (I2 to I6 and I10).
 *
 * @module
 */

import { isDeepStrictEqual } from 'node:util';
import { explicitNameOf, finalizer, marks } from '../../../src/core/resource.ts';
import { secretMarks } from '../../../src/core/secret.ts';
import { Sensitive } from '../../../src/core/sensitive.ts';
import type { ListedApplication } from '../../../src/core/state.ts';
import type { KubeObject } from '../../../src/kube/kube.ts';
import type { StoreRegistry } from '../../../src/registry/store/store.ts';
import { type ApplicationObject, condition, type SecretObject, values } from '../../support/tenant.ts';
import { asRegistered, asSet } from '../../support/world.ts';
import type { View } from './view.ts';

/** Who wrote: the controller, or anybody else. */
export type Writer = 'controller' | 'outside';

/** A write to the API server that took effect. */
export interface ApiWrite {
  readonly by: Writer;
  readonly verb: 'create' | 'patch' | 'delete';
  /** `secrets/shop`, without the namespace. */
  readonly object: string;
  readonly body: unknown;
  /** The object as it was. */
  readonly before: KubeObject | undefined;
}

interface Options {
  readonly view: View;
  readonly store: StoreRegistry;
  /** What names in the account begin with that are derived from those of resources. */
  readonly prefix: string;
}

export class Watchman {
  readonly #options: Options;
  /** What is in the account, as of the last look. */
  #held: ReadonlyMap<string, ListedApplication> = new Map();
  /** What somebody else made: applications, and client secrets. */
  readonly foreign = new Set<string>();
  /** Whether what was done outside is not yet for the status to tell. */
  #isExcused = false;
  /** Whether what was done outside is not yet made good: until then credentials may be dead, if the status says so. */
  #isDamaged = false;
  readonly violations: string[] = [];
  /** Effective writes of the controller, by what they did. */
  readonly counts = new Map<string, number>();
  /** Values of client secrets that there ever were. */
  readonly values = new Set<string>();

  constructor(options: Options) {
    this.#options = options;
  }

  /** Has something done in the account by somebody else. */
  async outside<T>(work: (store: StoreRegistry) => Promise<T>): Promise<T> {
    this.excuse();
    const result = await work(this.#options.store);
    await this.registryWrote('outside');
    return result;
  }

  /** Something is done outside: nothing is held against a status before the next one, or the next rest. */
  excuse(): void {
    this.#isExcused = true;
    this.#isDamaged = true;
  }

  /** Whether what the status of that resource says is so, and what its Secret serves is accepted. */
  async isTrue(name: string): Promise<boolean> {
    const resource = this.#resources().find(({ metadata }) => metadata.name === name);
    if (resource === undefined) return true;
    return (await this.#untruths(resource)).length === 0 && (await this.#deadSecrets(resource)).length === 0;
  }

  /** All is at rest: there is no excuse any more. */
  async expectTruth(): Promise<void> {
    this.#isExcused = false;
    this.#isDamaged = false;
    await this.#look();
  }

  violate(invariant: string, what: string): void {
    const violation = `${invariant}: ${what}`;
    if (!this.violations.includes(violation)) this.violations.push(violation);
  }

  /** A write to the API server took effect. */
  async wrote({ by, verb, object, body, before }: ApiWrite): Promise<void> {
    if (by === 'controller') {
      this.#count(`${verb} ${object}`);
      this.#checkWrite(verb, object, body, before);
      if (/^oauthapplications\/.*\/status$/.test(object)) this.#isExcused = false;
    }
    await this.#look();
  }

  /** Something was written in the account. */
  async registryWrote(by: Writer): Promise<void> {
    const before = this.#held;
    this.#held = new Map((await this.#options.store.list()).map((application) => [application.id, application]));
    for (const id of new Set([...before.keys(), ...this.#held.keys()]))
      this.#compare(by, before.get(id), this.#held.get(id));
    await this.#remember();
    await this.#look();
  }

  #compare(by: Writer, before: ListedApplication | undefined, after: ListedApplication | undefined): void {
    if (isDeepStrictEqual(before, after)) return;
    const changes = changesOf(before, after);
    if (by === 'outside') return void changes.filter(({ isNew }) => isNew).map(({ id }) => this.foreign.add(id));
    const { name = '', id = '' } = after ?? before ?? {};
    if (changes.some(({ isNew }) => isNew) && !this.#isIntended(name))
      this.violate('I1', `something is made in ${name} before deletion is held and the intent is recorded`);
    for (const change of changes) {
      this.#count(change.kind);
      if (!change.isNew && this.foreign.has(change.id)) this.violate('I5', `${change.kind} of what is not ours`);
    }
    const names = this.#resources().map((resource) => this.#nameOf(resource));
    if (!names.includes(name.toLowerCase())) this.violate('I5', `a write hits ${name} (${id}), which no resource has`);
    const own = [...this.#held.values()].filter((each) => !this.foreign.has(each.id));
    if (own.length > new Set(names).size)
      this.violate('I2', `${own.length} applications for ${names.length} resources`);
    if ((after?.clientSecrets?.length ?? 0) > 2) this.violate('I3', `${name} has more than two client secrets`);
  }

  /** Whether the resource of that name holds its deletion, and says that something may be made. */
  #isIntended(name: string): boolean {
    const resource = this.#resources().find((each) => this.#nameOf(each) === name.toLowerCase());
    const { finalizers = [], annotations = {} } = resource?.metadata ?? {};
    return finalizers.includes(finalizer) && annotations[marks.operation] !== undefined;
  }

  #count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }

  async #remember(): Promise<void> {
    for (const { id, clientSecrets = [] } of this.#held.values())
      for (const secret of clientSecrets) {
        const issued = await this.#options.store.readClientSecret(id, secret.id);
        if (issued) this.values.add(issued.value.reveal());
      }
  }

  /** The name in the account that a resource is to have, in lower case. */
  #nameOf({ spec, metadata }: ApplicationObject): string {
    return (explicitNameOf({ spec }) ?? this.#options.prefix + metadata.name).toLowerCase();
  }

  #resources(): readonly ApplicationObject[] {
    // What the view holds is what the API server gave.
    return this.#options.view.all('applications') as readonly ApplicationObject[];
  }

  /** I5 and I10: what the controller may write at all, and only in the state that it was decided for. */
  #checkWrite(verb: string, object: string, body: unknown, before: KubeObject | undefined): void {
    if (object.startsWith('oauthapplications') && verb !== 'patch') this.violate('I10', `${verb} ${object}`);
    if (verb !== 'create' && !hasPreconditions(verb === 'patch' ? body : { metadata: body }))
      this.violate('I5', `${verb} ${object} without preconditions`);
    if (object.startsWith('secrets/') && before !== undefined && !isMarked(before))
      this.violate('I5', `${verb} ${object}, which is not ours`);
  }

  async #look(): Promise<void> {
    if (this.#isExcused) return;
    for (const resource of this.#resources()) {
      if (resource.metadata.deletionTimestamp !== undefined) continue;
      for (const lie of await this.#untruths(resource)) this.violate('I6', `${resource.metadata.name}: ${lie}`);
      if (this.#isDamaged && condition(resource, 'Ready')?.status !== 'True') continue;
      for (const dead of await this.#deadSecrets(resource)) this.violate('I4', dead);
    }
  }

  /** Those that serve a client secret which is not accepted, each as a sentence. */
  async #deadSecrets(resource: ApplicationObject): Promise<readonly string[]> {
    const found: string[] = [];
    for (const secret of this.#secretsOf(resource))
      if (!(await this.#isAccepted(resource, secret)))
        found.push(`Secret ${secret.metadata.name} serves a client secret that is not accepted`);
    return found;
  }

  #secretsOf({ metadata }: ApplicationObject): readonly SecretObject[] {
    const all = this.#options.view.all('secrets') as readonly unknown[] as readonly SecretObject[];
    return all.filter((secret) => secret.metadata.annotations?.[secretMarks.uid] === metadata.uid);
  }

  async #isAccepted(resource: ApplicationObject, secret: SecretObject): Promise<boolean> {
    const { clientID, clientSecret } = credentials(resource, secret);
    return clientSecret === undefined || this.#options.store.accepts(clientID ?? '', new Sensitive(clientSecret));
  }

  /** What is not so although the status says Ready for this generation. */
  async #untruths(resource: ApplicationObject): Promise<readonly string[]> {
    if (!isClaim(resource)) return [];
    const { spec, status, metadata } = resource;
    const found = await this.#options.store.get(status.applicationID ?? '');
    if (found === undefined) return ['Ready without an application'];
    const name = status.secretRef?.name ?? metadata.name;
    const secret = this.#secretsOf(resource).find((each) => each.metadata.name === name);
    if (secret === undefined) return ['Ready without a Secret'];
    const { clientID, clientSecret } = credentials(resource, secret);
    return [
      ...asRegistered(spec).flatMap(([field, wanted]) =>
        isDeepStrictEqual(asSet(found[field]), asSet(wanted)) ? [] : [`Ready, and ${field} differs`],
      ),
      ...(clientID === found.clientID ? [] : ['Ready, and the Secret serves another client']),
      ...(clientSecret === undefined && found.secretRequired ? ['Ready, and there is no client secret'] : []),
    ];
  }
}

interface Change {
  readonly kind: string;
  readonly id: string;
  readonly isNew: boolean;
}

/** What became of an application and its client secrets. */
function changesOf(before: ListedApplication | undefined, after: ListedApplication | undefined): readonly Change[] {
  const { clientSecrets: old = [], ...was } = before ?? {};
  const { clientSecrets: now = [], ...is } = after ?? {};
  const id = after?.id ?? before?.id ?? '';
  if (before === undefined) return [{ kind: 'create application', id, isNew: true }];
  if (after === undefined) return [{ kind: 'delete application', id, isNew: false }];
  const issued = now.filter((secret) => old.every((each) => each.id !== secret.id));
  const deleted = old.filter((secret) => now.every((each) => each.id !== secret.id));
  return [
    ...(isDeepStrictEqual(was, is) ? [] : [{ kind: 'update application', id, isNew: false }]),
    ...issued.map((secret) => ({ kind: 'issue client secret', id: secret.id, isNew: true })),
    ...deleted.map((secret) => ({ kind: 'delete client secret', id: secret.id, isNew: false })),
  ];
}

function isClaim(resource: ApplicationObject): boolean {
  const ready = condition(resource, 'Ready');
  const isCurrent = ready?.observedGeneration === resource.metadata.generation;
  return ready?.status === 'True' && isCurrent && condition(resource, 'Suspended') === undefined;
}

/** The values that a pod reads, under the keys that the spec gives them. */
function credentials({ spec }: ApplicationObject, secret: SecretObject) {
  const { keys = {} } = (spec['secret'] ?? {}) as { keys?: { clientID?: string; clientSecret?: string } };
  const read = values(secret);
  return {
    clientID: read[keys.clientID ?? 'client_id'],
    clientSecret: read[keys.clientSecret ?? 'client_secret'],
  };
}

function hasPreconditions(body: unknown): boolean {
  const { metadata } = body as { metadata?: { uid?: string; resourceVersion?: string } };
  return metadata?.uid !== undefined && metadata.resourceVersion !== undefined;
}

/** Whether a Secret bears a mark of ours, or an OAuthApplication owns it. */
function isMarked({ metadata: { annotations = {}, ownerReferences = [] } }: KubeObject): boolean {
  return annotations[secretMarks.uid] !== undefined || ownerReferences.some(({ kind }) => kind === 'OAuthApplication');
}
