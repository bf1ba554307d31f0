/**
 * What the API server at least has to do for one application: the controller's three writes, as a bare client makes them.
 *
 * Their bodies are those that the controller wrote for a sample, with the names and versions exchanged.
 *
 * @module
 */

import { statusPatch } from '../../src/cluster/writing.ts';
import type { ApplicationObject } from './application.ts';
import { applicationsPath, type Client, secretsPath } from './client.ts';

/** A Secret as the API server gives it, of which the bare client sends the same again. */
export interface SecretObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly type: string;
  readonly metadata: Readonly<Record<string, unknown>> & { readonly resourceVersion: string };
  readonly data: Readonly<Record<string, string>>;
}

/** The bodies of the writes, as JSON in which `$name` and the like stand for what differs. */
export interface Templates {
  /** Finalizer, binding and intent. */
  readonly hold: string;
  readonly secret: string;
  readonly status: string;
}

/** The writes that made `sample` what it is. */
export function templatesFrom(sample: ApplicationObject, secret: SecretObject): Templates {
  const { namespace, name, uid, finalizers, annotations } = sample.metadata;
  const { status } = sample;
  if (status === undefined) throw new Error('the sample has no status');
  const own = { uid, resourceVersion: '$version' };
  const { labels, annotations: marks, ownerReferences } = secret.metadata;
  const { apiVersion, kind, type, data } = secret;
  const secretRef = { name, resourceVersion: '$secretVersion' };
  const bodies = {
    hold: { metadata: { ...own, finalizers, annotations } },
    secret: {
      apiVersion,
      kind,
      type,
      metadata: { name, namespace, labels, annotations: marks, ownerReferences },
      data,
    },
    status: statusPatch(own, { ...status, secretRef }),
  };
  const template = (body: object) =>
    JSON.stringify(body).replaceAll(uid, '$uid').replaceAll(name, '$name').replaceAll(namespace, '$namespace');
  return { hold: template(bodies.hold), secret: template(bodies.secret), status: template(bodies.status) };
}

/** Makes the three writes for an application that was just created, one after the other. */
export async function writeAll(
  client: Pick<Client, 'send'>,
  templates: Templates,
  { metadata }: ApplicationObject,
): Promise<void> {
  const { namespace, name, uid, resourceVersion } = metadata;
  const path = applicationsPath(namespace, name);
  const body = (template: string, version = '', secretVersion = '') =>
    template
      .replaceAll('$uid', uid)
      .replaceAll('$namespace', namespace)
      .replaceAll('$name', name)
      .replaceAll('$version', version)
      .replaceAll('$secretVersion', secretVersion);
  const held = await client.send<ApplicationObject>('PATCH', path, body(templates.hold, resourceVersion));
  const secret = await client.send<SecretObject>('POST', secretsPath(namespace), body(templates.secret));
  const versions = [held.metadata.resourceVersion, secret.metadata.resourceVersion] as const;
  await client.send('PATCH', `${path}/status`, body(templates.status, ...versions));
}
