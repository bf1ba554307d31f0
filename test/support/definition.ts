/**
 * The CustomResourceDefinition of OAuthApplication as an earlier version of it may have been: with fewer rules.
 *
 * @module
 */

import type { Cluster } from './cluster.ts';
import { eventually } from './eventually.ts';

const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/oauthapplications.ramify.dev';
const rules = new Set(['x-kubernetes-validations', 'pattern', 'format', 'enum', 'minItems', 'minLength', 'maxLength']);

interface Definition {
  readonly metadata: { readonly resourceVersion: string };
  readonly spec: { readonly versions: readonly object[] };
}

/**
 * Takes the rules out of the schema, calls `work`, and puts them back.
 *
 * @param probe a manifest that is valid without the rules only: by it is seen when the API server has followed
 */
export function withoutRules(cluster: Cluster, probe: object, work: () => Promise<void>): Promise<void> {
  return loosening(cluster, probe, work, loosened);
}

/** The same without any schema: whatever is JSON is taken. */
export function withoutSchema(cluster: Cluster, probe: object, work: () => Promise<void>): Promise<void> {
  return loosening(cluster, probe, work, shapeless);
}

async function loosening(
  cluster: Cluster,
  probe: object,
  work: () => Promise<void>,
  loosen: (spec: Definition['spec']) => object,
): Promise<void> {
  const { body } = await cluster.request<Definition>('GET', path);
  const strict = body.spec;
  await replace(cluster, loosen(strict));
  await eventually(() => isTaken(cluster, probe), 20_000);
  await work();
  await replace(cluster, strict);
  await eventually(async () => !(await isTaken(cluster, probe)), 20_000);
}

async function replace(cluster: Cluster, spec: object): Promise<void> {
  const { body } = await cluster.request<Definition>('GET', path);
  const { status, body: answer } = await cluster.request('PUT', path, { ...body, spec });
  if (status !== 200) throw new Error(`the definition was refused: ${JSON.stringify(answer)}`);
}

async function isTaken(cluster: Cluster, probe: object): Promise<boolean> {
  const collection = '/apis/ramify.dev/v1alpha1/namespaces/default/oauthapplications?dryRun=All';
  return (await cluster.request('POST', collection, probe)).status === 201;
}

function shapeless(spec: Definition['spec']): object {
  const openAPIV3Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const versions = spec.versions.map((version) => ({ ...version, schema: { openAPIV3Schema }, selectableFields: [] }));
  return { ...spec, versions };
}

function loosened(spec: object): object {
  const text = JSON.stringify(spec, (_key, value: unknown) => (isSchema(value) ? without(value) : value));
  return JSON.parse(text) as object;
}

function isSchema(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && 'type' in value;
}

function without(schema: object): object {
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => !rules.has(keyword)));
}
