/**
 * A scrape of everything: what promtool says of it, and that its documentation is of what there is.
 *
 * @module
 */

import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openControllerMetrics } from '../../src/cli/metrics.ts';
import { openCaches } from '../../src/cli/watches.ts';
import { openWorkers } from '../../src/cli/workers.ts';
import { systemClock } from '../../src/kube/clock.ts';
import type { KubeObject } from '../../src/kube/kube.ts';
import { Queue } from '../../src/kube/queue.ts';
import { memoryRegistry } from '../support/memory-registry.ts';
import { checkMetrics, obtainPromtool, promtoolTimeout } from '../support/promtool.ts';

const created = '2026-11-22T09:00:00Z';

function object(name: string, reason: string, namespace?: string): KubeObject {
  const conditions = [{ type: 'Ready', status: 'True', reason, message: 'm' }];
  const status = { conditions, clientSecrets: [{ id: 'a', role: 'Current', createTime: created }] };
  return { metadata: { name, uid: name, resourceVersion: '1', ...(namespace && { namespace }) }, status };
}

/** Metrics of which everything is observed. */
function observed() {
  const metrics = openControllerMetrics(() => Date.parse(created) + 60_000);
  const caches = openCaches(() => undefined);
  void caches.applications.replace([object('shop', 'Succeeded', 'team-a'), object('cart', 'canary', 'team-a')], '9');
  void caches.registries.replace([object('default', 'Succeeded')], '9');
  const queues = {
    applications: new Queue({ clock: systemClock, random: Math.random }),
    registries: new Queue({ clock: systemClock, random: Math.random }),
  };
  const controller = {
    application: async () => ({ kind: 'rest' }) as const,
    registry: async () => ({ kind: 'rest' }) as const,
    relabelled: () => [],
  };
  openWorkers(controller, queues, { concurrency: 4, clock: systemClock, random: Math.random, metrics });
  metrics.observeCaches(caches, [{ kind: 'oauthapplications', observe: () => undefined }]);
  metrics.observeElector('ramify-controller', { isLeading: true, observe: () => undefined });
  metrics.sentTo('10.0.0.1:443')('GET', 200);
  const registry = metrics.metered(memoryRegistry(), 'default');
  onTestFinished(() => metrics.registry.clear());
  return { metrics, caches, registry, scrape: () => text(metrics.text()) };
}

describe('promtool check metrics', () => {
  let promtool: string | undefined;
  beforeAll(async () => {
    promtool = await obtainPromtool();
  }, promtoolTimeout);

  test('finds nothing wrong', async ({ skip }) => {
    if (promtool === undefined) return skip();
    const scrape = await observed().scrape();
    expect(await checkMetrics(promtool, scrape)).toEqual([]);
  });

  test('would find what is wrong', async ({ skip }) => {
    if (promtool === undefined) return skip();
    const scrape = '# HELP active_total Things.\n# TYPE active_total gauge\nactive_total 1\n';
    expect((await checkMetrics(promtool, scrape)).join()).toMatch(/active_total/);
  });
});

/** Every metric of a scrape with its labels, but those of any process; a histogram's are those of the whole. */
function described(scrape: string): readonly string[] {
  const labels = new Map<string, string>();
  for (const [, name = '', pairs = ''] of scrape.matchAll(/^([a-z_]+)(?:\{(.*)\})? [^ ]+$/gm)) {
    const plain = name.replace(/_(bucket|sum|count)$/, '');
    const metric = scrape.includes(`# TYPE ${plain} `) ? plain : name;
    const own = [...pairs.matchAll(/([a-z_]+)="/g)].map(([, label]) => label).filter((label) => label !== 'le');
    labels.set(metric, own.join(', '));
  }
  const ours = [...labels].filter(([name]) => !/^(nodejs|process)_/.test(name));
  return ours.map(([name, own]) => `${name} | ${own}`).toSorted();
}

test('the documentation names every metric with its labels, and no other', async () => {
  const page = readFileSync(new URL('../../docs/operations/metrics.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| `([a-z_]+)` \| ([^|]*) \|/gm)];
  const documented = rows.map(([, name, own = '']) => `${name} | ${own.replaceAll('`', '').trim()}`);
  expect(documented.toSorted()).toEqual(described(await observed().scrape()));
});

test('calls to a registry count from 0, and go with their OAuthRegistry', async () => {
  const { metrics, caches, registry, scrape } = observed();
  const series = 'ramify_registry_requests_total{registry="default",operation="list"';
  expect(await scrape()).toContain(`${series},code="ok"} 0\n`);
  expect(await scrape()).toContain(`${series},code="throttled"} 0\n`);
  await registry.list();
  metrics.metered(memoryRegistry(), 'default');
  expect(await scrape()).toContain(`${series},code="ok"} 1\n`);
  expect(await scrape()).toContain('duration_seconds_count{registry="default",operation="list"} 1\n');
  void caches.registries.replace([], '10');
  expect(await scrape()).not.toContain('registry="default"');
});

test('what is said of a resource goes with it', async () => {
  const { caches, scrape } = observed();
  expect(await scrape()).toContain('name="shop"');
  void caches.applications.replace([], '10');
  expect(await scrape()).not.toContain('name="shop"');
});

test('resources are counted by the reason of Ready; a word that is none of ours is nowhere', async () => {
  const scrape = await observed().scrape();
  expect(scrape).toContain('ramify_oauthapplications{reason="Succeeded"} 1\n');
  expect(scrape).toContain('ramify_oauthapplications{reason="InvalidSpec"} 0\n');
  expect(scrape).not.toContain('canary');
});
