/**
 * What the API server at least has to do for one application: the controller's three writes, as a bare client makes them;
 * and all that the controller asks of it, likewise.
 *
 * Their bodies are those that the controller wrote for a sample, with the names and versions exchanged.
 *
 * @module
 */

import { statusPatch } from '../../src/cluster/writing.ts';
import type { ApplicationObject } from './application.ts';
import { applicationsPath, type Client, eventsPath, secretsPath } from './client.ts';

/** A Secret as the API server gives it, of which the bare client sends the same again. */
export interface SecretObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly type: string;
  readonly metadata: Readonly<Record<string, unknown>> & { readonly resourceVersion: string };
  readonly data: Readonly<Record<string, string>>;
}

/** An Event as the API server gives it. */
export interface EventObject {
  readonly metadata: Readonly<Record<string, unknown>> & { readonly generateName?: string };
}

/** The bodies of the writes, as JSON in which `$name` and the like stand for what differs. */
export interface Templates {
  /** Finalizer, binding and intent. */
  readonly hold: string;
  readonly secret: string;
  readonly status: string;
  readonly event: string;
}

/** The writes that made `sample` what it is, and the one that told of it. */
export function templatesFrom(sample: ApplicationObject, secret: SecretObject, event: EventObject): Templates {
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
    event: { ...event, metadata: { generateName: event.metadata.generateName, namespace } },
  };
  const template = (body: object) =>
    JSON.stringify(body).replaceAll(uid, '$uid').replaceAll(name, '$name').replaceAll(namespace, '$namespace');
  const { hold, status: reported, event: told } = bodies;
  return { hold: template(hold), secret: template(bodies.secret), status: template(reported), event: template(told) };
}

type Sending = Pick<Client, 'send'>;

/** Makes the three writes for an application that was just created, one after the other. */
export async function writeAll(client: Sending, templates: Templates, { metadata }: ApplicationObject): Promise<void> {
  const { namespace, name, resourceVersion } = metadata;
  const path = applicationsPath(namespace, name);
  const hold = filled(templates.hold, metadata, resourceVersion);
  const held = await client.send<ApplicationObject>('PATCH', path, hold);
  const secret = await client.send<SecretObject>('POST', secretsPath(namespace), filled(templates.secret, metadata));
  const versions = [held.metadata.resourceVersion, secret.metadata.resourceVersion] as const;
  await client.send('PATCH', `${path}/status`, filled(templates.status, metadata, ...versions));
}

/** Asks whether the Secret's name is free, makes the three writes, and tells an Event: all five requests of a creation. */
export async function requestAll(client: Sending, templates: Templates, application: ApplicationObject): Promise<void> {
  const { metadata } = application;
  const { namespace, name } = metadata;
  if (await client.send('GET', secretsPath(namespace, name)).then(yes, no))
    throw new Error('there is a Secret already');
  await writeAll(client, templates, application);
  await client.send('POST', eventsPath(namespace), filled(templates.event, metadata));
}

const yes = () => true;
const no = () => false;

/** A body for that application. */
function filled(
  template: string,
  { namespace, name, uid }: ApplicationObject['metadata'],
  version = '',
  secretVersion = '',
): string {
  return template
    .replaceAll('$uid', uid)
    .replaceAll('$namespace', namespace)
    .replaceAll('$name', name)
    .replaceAll('$version', version)
    .replaceAll('$secretVersion', secretVersion);
}
