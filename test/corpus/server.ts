/**
 * What a real API server says of a request: asked by dry-run, so that nothing is stored.
 *
 * @module
 */

import type { Answer, Cluster } from '../support/cluster.ts';
import type { Body, Kind, Request } from './cases.ts';
import { isRecord } from './directives.ts';
import { type Verdict, type Verdicts, wholeBody } from './verdict.ts';

type Validation = 'Strict' | 'Ignore';

/** The part of an object, or of a Status, that a verdict needs. */
interface Content {
  readonly spec?: unknown;
  readonly metadata: { readonly name?: string; readonly resourceVersion?: string };
  readonly message?: string;
  readonly details?: { readonly causes?: readonly { readonly field?: string; readonly message?: string }[] };
}

/** Asks about `request` in both ways, in `namespace`. */
export async function serverVerdicts(cluster: Cluster, namespace: string, request: Request): Promise<Verdicts> {
  const path = pathOf(request.kind, namespace);
  const { before, body } = request;
  if (before !== undefined) return replacementVerdicts(cluster, path, before, body);
  return inBothWays(async (validation) => verdict(await send(cluster, 'POST', dryRun(path, validation), body)));
}

async function inBothWays(ask: (validation: Validation) => Promise<Verdict>): Promise<Verdicts> {
  const [strict, lenient] = await Promise.all([ask('Strict'), ask('Ignore')]);
  return { strict, lenient };
}

function pathOf(kind: Kind, namespace: string): string {
  const scope = '/apis/ramify.dev/v1alpha1';
  return kind === 'OAuthRegistry' ? `${scope}/oauthregistries` : `${scope}/namespaces/${namespace}/oauthapplications`;
}

async function replacementVerdicts(cluster: Cluster, path: string, before: Body, after: Body): Promise<Verdicts> {
  const { status, body: old } = await send(cluster, 'POST', path, before);
  if (status !== 201) throw new Error(`the object to replace was refused: ${old.message}`);
  const object = `${path}/${old.metadata.name}`;
  const verdicts = await inBothWays((validation) => replacementVerdict(cluster, object, validation, after));
  await cluster.request('DELETE', object);
  return verdicts;
}

/** Asked again where a controller that runs on the same cluster has written in between. */
async function replacementVerdict(
  cluster: Cluster,
  object: string,
  validation: Validation,
  after: Body,
): Promise<Verdict> {
  const { body: current } = await cluster.request<Content>('GET', object);
  const answer = await send(
    cluster,
    'PUT',
    dryRun(object, validation),
    ofVersion(after, current.metadata.resourceVersion),
  );
  return answer.status === 409 ? replacementVerdict(cluster, object, validation, after) : verdict(answer);
}

function ofVersion(body: Body, resourceVersion: string | undefined): Body {
  if ('yaml' in body || !isRecord(body.object) || !isRecord(body.object['metadata'])) return body;
  return { object: { ...body.object, metadata: { ...body.object['metadata'], resourceVersion } } };
}

function dryRun(path: string, validation: Validation): string {
  return `${path}?dryRun=All&fieldValidation=${validation}`;
}

function send(cluster: Cluster, method: 'POST' | 'PUT', path: string, body: Body): Promise<Answer<Content>> {
  if ('yaml' in body) return cluster.request<Content>(method, path, body.yaml, 'application/yaml');
  return cluster.request<Content>(method, path, body.object);
}

function verdict({ status, body }: Answer<Content>): Verdict {
  if (status < 300) return { accepted: true, spec: body.spec };
  return { accepted: false, fields: blamedFields(status, body), text: body.message ?? String(status) };
}

/** From the causes, or from the message where the body was refused while it was read. */
function blamedFields(status: number, { details, message = '' }: Content): string[] {
  const causes = (details?.causes ?? []).flatMap(({ field }) => (field === undefined ? [] : [field]));
  const strict = [...message.matchAll(/unknown field "([^"]+)"/g)].flatMap(([, field]) => field ?? []);
  const named = [...causes, ...strict];
  return named.length === 0 && [400, 413].includes(status) ? [wholeBody] : named;
}
