/** Alerts and the dashboard's expressions, read by Prometheus's own promtool. */

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sharedCluster } from '../support/cluster.ts';
import { obtainPromtool, promtoolTimeout } from '../support/promtool.ts';
import { type Manifest, only, render } from './manifests.ts';
import { expressionsIn } from './monitoring.ts';

const cluster = sharedCluster();
const folder = mkdtempSync(join(tmpdir(), 'ramify-rules-'));
let promtool: string | undefined;
let manifests: readonly Manifest[];

beforeAll(async () => {
  promtool = await obtainPromtool();
  manifests = await render(cluster, 'overlays/production');
}, promtoolTimeout);

afterAll(() => rmSync(folder, { recursive: true }));

/** What promtool says of a file of rules; JSON is YAML. */
async function checked(tool: string, rules: object): Promise<string> {
  const file = join(folder, 'rules.yaml');
  writeFileSync(file, JSON.stringify(rules));
  const running = promisify(execFile)(tool, ['check', 'rules', '--lint=all', '--lint-fatal', file]);
  const { stdout, stderr } = await running.catch((error: { stdout: string; stderr: string }) => error);
  return `${stdout}${stderr}`;
}

test('promtool takes each alert, and each has what a person on call begins with', async ({ skip }) => {
  const { spec } = only(manifests, 'PrometheusRule') as Manifest & { spec: { groups: { rules: Alert[] }[] } };
  const alerts = spec.groups.flatMap(({ rules }) => rules);
  for (const { alert, annotations } of alerts)
    expect({ alert, keys: Object.keys(annotations) }).toEqual({ alert, keys: ['description', 'runbook', 'summary'] });
  if (promtool === undefined) return skip();
  expect(await checked(promtool, spec)).toContain(`SUCCESS: ${alerts.length} rules found`);
});

interface Alert {
  readonly alert: string;
  readonly annotations: Readonly<Record<string, string>>;
}

test('promtool takes each expression of the dashboard', async ({ skip }) => {
  if (promtool === undefined) return skip();
  const { panels } = expressionsIn(manifests);
  const rules = panels.map((expr, n) => ({ record: `panel:${n}`, expr }));
  expect(await checked(promtool, { groups: [{ name: 'panels', rules }] })).toContain(`SUCCESS: ${panels.length} rules`);
});

test('promtool would refuse one that is wrong', async ({ skip }) => {
  if (promtool === undefined) return skip();
  const wrong = { groups: [{ name: 'wrong', rules: [{ record: 'a:b', expr: 'sum by (x' }] }] };
  expect(await checked(promtool, wrong)).toContain('FAILED');
});
