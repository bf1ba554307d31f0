/**
 * What Prometheus and Grafana are given, and the metrics as Prometheus reads them.
 *
 * @module
 */

import { Agent, request } from 'undici';
import type { Cluster } from '../support/cluster.ts';
import type { ControllerProcess } from '../support/controller-process.ts';
import type { Manifest } from './manifests.ts';
import { accessOf } from './pod.ts';

interface Rules extends Manifest {
  readonly spec: { readonly groups: readonly { readonly rules: readonly { readonly expr: string }[] }[] };
}

interface Dashboard {
  readonly panels: readonly { readonly targets: readonly { readonly expr: string }[] }[];
}

/** The PromQL of an overlay, if it has any. Grafana's own interval is made one of Prometheus's. */
export function expressionsIn(manifests: readonly Manifest[]) {
  const rules = manifests.filter((each): each is Rules => each.kind === 'PrometheusRule');
  const maps = manifests.filter(({ kind, metadata }) => kind === 'ConfigMap' && metadata.labels?.['grafana_dashboard']);
  const texts = maps.flatMap(({ data = {} }) => Object.values(data));
  const panels = texts.flatMap((text) => (JSON.parse(text) as Dashboard).panels);
  return {
    alerts: rules.flatMap(({ spec }) => spec.groups).flatMap((group) => group.rules.map(({ expr }) => expr)),
    panels: panels.flatMap(({ targets }) => targets.map(({ expr }) => expr.replaceAll('$__rate_interval', '5m'))),
  };
}

/** The metrics that an expression names, each as its family is called; `up` is Prometheus's own. */
export function metricsIn(expression: string): readonly string[] {
  const bare = expression.replaceAll(/\{[^}]*\}|\[[^\]]*\]|\bby\s*\([^)]*\)/g, ' ');
  const names = bare.match(/\b[a-z]+(?:_[a-z]+)+\b(?!\s*\()/g) ?? [];
  return names.map((name) => name.replace(/_(?:bucket|sum|count)$/, ''));
}

/** The metrics as Prometheus gets them, by its token over TLS; `undefined` where they are not served to others. */
export async function scraped(cluster: Cluster, controller: ControllerProcess): Promise<string | undefined> {
  const door = controller.log().find(({ msg }) => msg === 'serving metrics');
  if (door === undefined || door['open'] === true) return undefined;
  await cluster.kubectl('create', 'namespace', 'monitoring');
  await cluster.kubectl('--namespace', 'monitoring', 'create', 'serviceaccount', 'prometheus-k8s');
  const { headers } = await accessOf(cluster, 'prometheus-k8s', 'monitoring');
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });
  const url = `https://127.0.0.1:${String(door['port'])}/metrics`;
  const { statusCode, body } = await request(url, { dispatcher, headers });
  const text = await body.text();
  await dispatcher.close();
  if (statusCode !== 200) throw new Error(`${statusCode}: ${text}`);
  return text;
}
