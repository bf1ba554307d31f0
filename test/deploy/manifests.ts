/**
 * What kustomize makes of `deploy/`, with the kubectl that users have.
 *
 * @module
 */

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import type { Cluster } from '../support/cluster.ts';

/** A rule of a role. */
export interface PolicyRule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly verbs: readonly string[];
}

/** An object as it is applied, with the fields that tests look at; nothing checks that it has them. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly data?: Readonly<Record<string, string>>;
  readonly rules?: readonly PolicyRule[];
  readonly roleRef?: { readonly kind: string; readonly name: string };
  readonly subjects?: readonly { readonly kind: string; readonly name: string }[];
}

/** A Deployment, likewise. */
export interface Deployment extends Manifest {
  readonly spec: { readonly template: { readonly metadata: object; readonly spec: PodSpec } };
}

interface PodSpec {
  readonly automountServiceAccountToken?: boolean;
  readonly securityContext: object;
  readonly containers: readonly [Container, ...Container[]];
  readonly volumes: readonly { readonly projected?: { readonly sources: readonly object[] } }[];
}

interface Container {
  readonly image: string;
  readonly args: readonly string[];
  readonly securityContext: object;
  readonly resources: object;
}

/** What can be applied with `kubectl apply -k`, as paths below `deploy/`. */
export const overlays: readonly string[] = [
  'base',
  ...readdirSync(pathOf('overlays'))
    .toSorted()
    .map((name) => `overlays/${name}`),
];

/** Everything of an overlay, in the order in which it is applied. */
export async function render(cluster: Cluster, overlay: string): Promise<readonly Manifest[]> {
  return parseManifests(await cluster.kubectl('kustomize', pathOf(overlay)));
}

/** Everything of a kustomization of one's own, which names what is below `deploy/` by `to`. */
export async function renderOwn(
  cluster: Cluster,
  kustomization: (to: (path: string) => string) => object,
): Promise<readonly Manifest[]> {
  const folder = mkdtempSync(join(tmpdir(), 'ramify-overlay-'));
  try {
    const text = JSON.stringify(kustomization((path) => relative(folder, pathOf(path))));
    writeFileSync(join(folder, 'kustomization.yaml'), text);
    return parseManifests(await cluster.kubectl('kustomize', folder));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Applies objects, each field of which the API server must know. */
export async function applyStrictly(
  cluster: Cluster,
  manifests: readonly Manifest[],
  ...args: string[]
): Promise<string> {
  const list = { apiVersion: 'v1', kind: 'List', items: manifests };
  return cluster.apply(JSON.stringify(list), '--server-side', '--validate=strict', ...args);
}

/** The one object of that kind, and name if there are several. */
export function only(manifests: readonly Manifest[], kind: string, name?: string): Manifest {
  const found = manifests.filter((each) => each.kind === kind && (name === undefined || each.metadata.name === name));
  const [first] = found;
  if (first === undefined || found.length > 1) throw new Error(`${found.length} objects ${kind} ${name ?? ''}`);
  return first;
}

/** The controller's Deployment. */
export function deploymentOf(manifests: readonly Manifest[]): Deployment {
  return only(manifests, 'Deployment') as Deployment;
}

/** Where something of `deploy/` is. */
function pathOf(below: string): string {
  return fileURLToPath(new URL(`../../deploy/${below}`, import.meta.url));
}

function parseManifests(text: string): readonly Manifest[] {
  return parseAllDocuments(text).map((document): Manifest => document.toJS());
}
