/**
 * What a scrape says of each resource, and what it does not say, whoever wrote the status.
 *
 * @module
 */

import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { readyReasonOf, resourceGauges } from '../../src/cli/resource-gauges.ts';
import { Cache } from '../../src/kube/cache.ts';
import { exposition } from '../../src/kube/exposition.ts';
import type { KubeObject } from '../../src/kube/kube.ts';

const now = Date.parse('2026-11-22T10:00:00Z');

const condition = (type: string, status = 'True', reason = 'Succeeded') => ({ type, status, reason, message: 'm' });

function object(name: string, status: unknown, namespace?: string): KubeObject {
  return { metadata: { name, uid: name, resourceVersion: '1', ...(namespace && { namespace }) }, status };
}

/** The series of a scrape, without the lines that describe them. */
async function scraped(applications: readonly KubeObject[], registries: readonly KubeObject[] = []) {
  const onError = () => undefined;
  const indexes = {
    secret: () => [],
    registry: () => [],
    refused: () => [],
    explicitName: () => [],
    application: () => [],
    registered: () => [],
    uid: () => [],
  };
  const caches = { applications: new Cache({ onError, indexes }), registries: new Cache({ onError }) };
  await caches.applications.replace(applications, '9');
  await caches.registries.replace(registries, '9');
  const written = await text(exposition(resourceGauges(caches, () => now)));
  expect(written).toMatch(/\n$/);
  return written.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

test('every condition has one series, of the status that it has', async () => {
  const conditions = [condition('Accepted'), condition('Registered', 'False'), condition('Ready', 'Unknown')];
  expect(await scraped([object('shop', { conditions }, 'team-a')], [object('default', { conditions })])).toEqual([
    'ramify_oauthapplication_condition{namespace="team-a",name="shop",type="Accepted",status="True"} 1',
    'ramify_oauthapplication_condition{namespace="team-a",name="shop",type="Registered",status="False"} 1',
    'ramify_oauthapplication_condition{namespace="team-a",name="shop",type="Ready",status="Unknown"} 1',
    'ramify_oauthregistry_condition{name="default",type="Accepted",status="True"} 1',
    'ramify_oauthregistry_condition{name="default",type="Registered",status="False"} 1',
    'ramify_oauthregistry_condition{name="default",type="Ready",status="Unknown"} 1',
  ]);
});

test('the age of the current client secret, not of a previous one', async () => {
  const clientSecrets = [
    { id: 'b', role: 'Previous', createTime: '2026-01-01T00:00:00Z' },
    { id: 'a', role: 'Current', createTime: '2026-11-22T09:00:00Z' },
  ];
  expect(await scraped([object('shop', { clientSecrets }, 'team-a')])).toEqual([
    'ramify_client_secret_age_seconds{namespace="team-a",name="shop"} 3600',
  ]);
});

test.each<[string, unknown]>([
  ['no status', undefined],
  ['conditions that are no list', { conditions: 'all', clientSecrets: { role: 'Current' } }],
  ['things that are no conditions', { conditions: [null, 1, 'Ready', {}], clientSecrets: [null, {}] }],
  ['a condition of a type that is not ours', { conditions: [condition('Pwned"} 1')] }],
  ['a status that is none', { conditions: [condition('Ready', 'Tr\nue')] }],
  ['a time that is none', { clientSecrets: [{ role: 'Current', createTime: 's3cr3t' }] }],
])('of %s nothing is told', async (_name, status) => {
  expect(await scraped([object('shop', status, 'team-a')])).toEqual([]);
});

test('a name, if one came through that no API server lets through, stays within its quotes', async () => {
  const name = 'a"} 1\nramify_forged{x="\\';
  const [line, ...rest] = await scraped([object(name, { conditions: [condition('Ready')] }, 'team-a')]);
  expect(rest).toEqual([]);
  expect(line).toBe(
    String.raw`ramify_oauthapplication_condition{namespace="team-a",name="a\"} 1\nramify_forged{x=\"\\",type="Ready",status="True"} 1`,
  );
});

test('nothing but types, statuses, namespace and name is told of a resource', async () => {
  const conditions = [{ ...condition('Ready', 'False', 'canary-reason'), message: 'canary-message' }];
  const status = { conditions, clientID: 'canary-id', clientSecrets: [{ id: 'canary', role: 'Current' }] };
  expect(
    (await scraped([{ ...object('shop', status, 'team-a'), spec: { displayName: 'canary' } }])).join(),
  ).not.toMatch(/canary/);
});

test('many resources are told in pieces, so that others can work in between', async () => {
  const all = Array.from({ length: 1200 }, (_, n) => object(`app-${n}`, { conditions: [condition('Ready')] }, 'a'));
  expect(await scraped(all)).toHaveLength(1200);
});

test('the reason of Ready', () => {
  const conditions = [condition('Accepted', 'False', 'InvalidSpec'), condition('Ready', 'False', 'InvalidSpec')];
  expect(readyReasonOf(object('shop', { conditions }))).toBe('InvalidSpec');
  expect(readyReasonOf(object('shop', {}))).toBeUndefined();
});
