/**
 * Which change wakes whose key, and how soon.
 *
 * @module
 */

import { describe, expect, test } from 'vitest';
import { openCaches, openReflectors, route } from '../../src/cli/watches.ts';
import type { Caches } from '../../src/cluster/kubernetes.ts';
import { secretLabels } from '../../src/core/secret.ts';
import type { Labels } from '../../src/core/selector.ts';
import type { KubeObject, ObjectMeta } from '../../src/kube/kube.ts';
import { type AddOptions, priorities, Queue } from '../../src/kube/queue.ts';
import type { ReadOptions, Transport } from '../../src/kube/transport.ts';
import { application } from '../cluster/objects.ts';
import { ManualClock, settled } from '../kube/manual-clock.ts';

/** A queue that only notes what it is given. */
class Notes extends Queue {
  readonly added: [string, AddOptions?][] = [];

  constructor() {
    super({ clock: new ManualClock(), random: () => 0.5 });
  }

  override add(key: string, options?: AddOptions): void {
    this.added.push(options === undefined ? [key] : [key, options]);
  }

  /** What came since the last time this was asked. */
  news() {
    return this.added.splice(0);
  }
}

function given() {
  const errors: unknown[] = [];
  const caches = openCaches((error) => void errors.push(error));
  const queues = { applications: new Notes(), registries: new Notes() };
  const relabelled = (namespace: string, before: Labels, after: Labels) =>
    before['tier'] === after['tier'] ? [] : [`${namespace}/shop`];
  route(caches, queues, { relabelled });
  return { caches, ...queues, errors };
}

const counted = { afterSeconds: 10, priority: priorities.resync };

function secret(resourceVersion: string, labels?: ObjectMeta['labels']): KubeObject {
  return application({ name: 's', uid: 's', resourceVersion, ...(labels && { labels }) });
}

const labelled = (name: string) => ({ [secretLabels.application]: name });

describe('an OAuthApplication', () => {
  test('that comes is looked at, and its registry counts again', () => {
    const { caches, applications, registries } = given();
    caches.applications.put(application({}, { spec: { registryRef: { name: 'staging' } } }));
    expect(applications.news()).toEqual([['team-a/shop', { priority: priorities.live }]]);
    expect(registries.news()).toEqual([['staging', counted]]);
  });

  test('that was found by a list is looked at after the others', () => {
    const { caches, applications } = given();
    void caches.applications.replace([application()], '1');
    expect(applications.news()).toEqual([['team-a/shop', { priority: priorities.resync }]]);
  });

  test('that changes is looked at, and nothing is counted', () => {
    const { caches, applications, registries } = given();
    caches.applications.put(application());
    registries.news();
    applications.news();
    caches.applications.put(application({ resourceVersion: '2' }));
    expect(applications.news()).toEqual([['team-a/shop', { priority: priorities.live }]]);
    expect(registries.news()).toEqual([]);
  });

  test('that we wrote ourselves wakes nobody, and neither does its echo; the next change does', () => {
    const { caches, applications } = given();
    caches.applications.put(application());
    applications.news();
    caches.applications.assume(application({ resourceVersion: '2' }));
    caches.applications.put(application({ resourceVersion: '2' }));
    expect(applications.news()).toEqual([]);
    caches.applications.put(application({ resourceVersion: '3' }));
    expect(applications.news()).toEqual([['team-a/shop', { priority: priorities.live }]]);
  });

  test('that a write of ours ended makes room all the same', () => {
    const { caches, applications, registries } = given();
    const spec = { secret: { name: 'shared' } };
    caches.applications.put(application({}, { spec }));
    caches.applications.put(application({ name: 'shared', uid: '2', resourceVersion: '2' }));
    applications.news();
    registries.news();
    caches.applications.assumeGone(application({ resourceVersion: '3' }, { spec }));
    expect(applications.news()).toEqual([['team-a/shared']]);
    expect(registries.news()).toEqual([['default', counted]]);
  });

  test('that is being deleted comes before what is at rest, listed or not', () => {
    const { caches, applications } = given();
    const going = application({ deletionTimestamp: '2026-01-01T00:00:00Z' });
    void caches.applications.replace([going], '1');
    caches.applications.put({ ...going, metadata: { ...going.metadata, resourceVersion: '2' } });
    const expected = ['team-a/shop', { priority: priorities.live }];
    expect(applications.news()).toEqual([expected, expected]);
  });

  test('that goes makes room for those that name the same Secret in its namespace', () => {
    const { caches, applications, registries } = given();
    const spec = { secret: { name: 'shared' } };
    caches.applications.put(application({}, { spec }));
    caches.applications.put(application({ name: 'shared', uid: '2', resourceVersion: '2' }));
    caches.applications.put(application({ name: 'other', uid: '3', resourceVersion: '3' }));
    caches.applications.put(application({ namespace: 'team-b', uid: '4', resourceVersion: '4' }, { spec }));
    applications.news();
    registries.news();
    caches.applications.remove(application({ resourceVersion: '5' }, { spec }));
    expect(applications.news()).toEqual([['team-a/shop', { priority: priorities.live }], ['team-a/shared']]);
    expect(registries.news()).toEqual([['default', counted]]);
  });

  test('that was deleted and made again under its name is both', () => {
    const { caches, applications, registries } = given();
    caches.applications.put(application());
    applications.news();
    registries.news();
    caches.applications.put(application({ uid: 'another', resourceVersion: '2' }));
    expect(applications.news().map(([key]) => key)).toContain('team-a/shop');
    expect(registries.news()).toHaveLength(2);
  });

  test('is found by the Secret that it names, also where its spec makes no sense', () => {
    const { caches } = given();
    for (const [name, spec] of Object.entries({ a: { secret: { name: 'x' } }, x: 'nonsense', c: { secret: 5 } }))
      caches.applications.put(application({ name, uid: name }, { spec }));
    const named = (secretName: string) => caches.applications.byIndex('secret', secretName).map((o) => o.metadata.name);
    expect(named('team-a/x')).toEqual(['a', 'x']);
    expect(named('team-a/c')).toEqual(['c']);
  });
});

describe('a Secret', () => {
  test.each([
    ['comes', 'live', (caches: Caches) => caches.secrets.put(secret('1', labelled('shop')))],
    ['is listed', 'resync', (caches: Caches) => caches.secrets.replace([secret('1', labelled('shop'))], '1')],
  ] as const)('that %s wakes the resource that its label names', (_how, priority, happen) => {
    const { caches, applications } = given();
    void happen(caches);
    expect(applications.news()).toEqual([['team-a/shop', { priority: priorities[priority] }]]);
  });

  test('that we wrote ourselves does not wake its resource; what another makes of it does', () => {
    const { caches, applications } = given();
    caches.secrets.assume(secret('1', labelled('shop')));
    caches.secrets.put(secret('1', labelled('shop')));
    expect(applications.news()).toEqual([]);
    caches.secrets.put(secret('2', labelled('shop')));
    expect(applications.news()).toEqual([['team-a/shop', { priority: priorities.live }]]);
    caches.secrets.assume(secret('3', labelled('till')));
    expect(applications.news(), 'whose it was').toEqual([['team-a/shop', { priority: priorities.live }]]);
  });

  test.each([
    ['another name', labelled('till'), ['team-a/till', 'team-a/shop']],
    ['the same name', labelled('shop'), ['team-a/shop']],
    ['no name', undefined, ['team-a/shop']],
  ])('whose label has %s now wakes both', (_what, labels, expected) => {
    const { caches, applications } = given();
    caches.secrets.put(secret('1', labelled('shop')));
    applications.news();
    caches.secrets.put(secret('2', labels));
    expect(applications.news().map(([key]) => key)).toEqual(expected);
  });

  test('that goes wakes its resource', () => {
    const { caches, applications } = given();
    caches.secrets.put(secret('1', labelled('shop')));
    applications.news();
    caches.secrets.remove(secret('2', labelled('shop')));
    expect(applications.news()).toEqual([['team-a/shop', { priority: priorities.live }]]);
  });

  test('that goes makes room for those that name it', () => {
    const { caches, applications } = given();
    caches.applications.put(application({ name: 'younger' }, { spec: { secret: { name: 's' } } }));
    caches.secrets.put(secret('2', labelled('shop')));
    applications.news();
    caches.secrets.remove(secret('3', labelled('shop')));
    expect(applications.news().map(([key]) => key)).toEqual(['team-a/shop', 'team-a/younger']);
  });
});

describe('a namespace', () => {
  const namespace = (resourceVersion: string, labels?: Labels): KubeObject => ({
    metadata: { name: 'team-a', uid: 'n', resourceVersion, ...(labels && { labels }) },
  });

  test('whose labels change wakes those that are granted other things', () => {
    const { caches, applications } = given();
    caches.namespaces.put(namespace('1'));
    expect(applications.news()).toEqual([]);
    caches.namespaces.put(namespace('2', { other: 'label' }));
    expect(applications.news()).toEqual([]);
    caches.namespaces.put(namespace('3', { tier: 'gold' }));
    expect(applications.news()).toEqual([['team-a/shop']]);
    caches.namespaces.remove(namespace('4', { tier: 'gold' }));
    expect(applications.news()).toEqual([]);
  });
});

describe('an OAuthApplication that goes', () => {
  const refused = { conditions: [{ type: 'Accepted', reason: 'PolicyViolation' }] };

  test.each([
    {
      what: 'asks for the same name elsewhere, in another case',
      namespace: 'team-b',
      spec: { applicationName: 'SHOP' },
      woken: true,
    },
    { what: 'asks for another name', namespace: 'team-b', spec: { applicationName: 'till' }, woken: false },
    { what: 'was refused in its namespace', status: refused, woken: true },
    { what: 'was refused in another', namespace: 'team-b', status: refused, woken: false },
    { what: 'was refused by another registry', spec: { registryRef: { name: 'eu' } }, status: refused, woken: false },
    { what: 'is content', status: {}, woken: false },
  ])('wakes one that $what: $woken', ({ namespace = 'team-a', woken, ...rest }) => {
    const { caches, applications } = given();
    const spec = { applicationName: 'shop' };
    caches.applications.put(application({}, { spec }));
    caches.applications.put(application({ name: 'other', namespace, uid: '2', resourceVersion: '2' }, rest));
    applications.news();
    caches.applications.remove(application({ resourceVersion: '3' }, { spec }));
    expect(applications.news().map(([key]) => key)).toEqual(['team-a/shop', ...(woken ? [`${namespace}/other`] : [])]);
  });

  test('is counted at once where its registry waits for it', () => {
    const { caches, registries } = given();
    const metadata = { name: 'default', uid: 'r', resourceVersion: '1', deletionTimestamp: '2026-01-01T00:00:00Z' };
    caches.registries.put({ metadata });
    caches.applications.put(application());
    registries.news();
    caches.applications.remove(application({ resourceVersion: '5' }));
    expect(registries.news()).toEqual([['default', { ...counted, afterSeconds: 0 }]]);
  });
});

test('an OAuthRegistry is looked at when it comes, changes and goes, and not for its status', () => {
  const { caches, registries, applications } = given();
  const registry = (resourceVersion: string, generation: number) => ({
    metadata: { name: 'default', uid: 'r', resourceVersion, generation },
    status: { message: `denied (request ${resourceVersion})` },
  });
  for (const object of [registry('1', 1), registry('2', 1), registry('3', 2)]) caches.registries.put(object);
  caches.registries.remove(registry('4', 2));
  expect(registries.news()).toEqual([['default'], ['default'], ['default']]);
  expect(applications.news()).toEqual([]);
});

/** What is asked of the API server when everything is started. */
async function asked(namespaces?: readonly string[]): Promise<Record<string, ReadOptions | undefined>> {
  const paths: Record<string, ReadOptions | undefined> = {};
  const silent = {
    watch: (path: string, options?: ReadOptions) => {
      paths[[path, options?.query?.['fieldSelector'] ?? []].flat().join('?')] = options;
      return { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => undefined) }) };
    },
  };
  const options = { transport: silent as unknown as Transport, random: () => 0.5, onError: () => undefined };
  for (const reflector of openReflectors(given().caches, options, namespaces)) reflector.start();
  await settled();
  return paths;
}

test('of Secrets nothing but the metadata of those with our label is asked for', async () => {
  const paths = await asked();
  expect(Object.keys(paths)).toEqual([
    '/apis/ramify.dev/v1alpha1/oauthapplications',
    '/apis/ramify.dev/v1alpha1/oauthregistries',
    '/api/v1/secrets',
    '/api/v1/namespaces',
  ]);
  expect(paths['/api/v1/secrets']).toMatchObject({
    metadataOnly: true,
    query: { labelSelector: 'app.kubernetes.io/managed-by=ramify' },
  });
});

test('of chosen namespaces nothing else is asked for', async () => {
  expect(Object.keys(await asked(['team-a', 'team-b']))).toEqual([
    '/apis/ramify.dev/v1alpha1/namespaces/team-a/oauthapplications',
    '/apis/ramify.dev/v1alpha1/namespaces/team-b/oauthapplications',
    '/apis/ramify.dev/v1alpha1/oauthregistries',
    '/api/v1/namespaces/team-a/secrets',
    '/api/v1/namespaces/team-b/secrets',
    '/api/v1/namespaces?metadata.name=team-a',
    '/api/v1/namespaces?metadata.name=team-b',
  ]);
});
