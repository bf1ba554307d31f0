/**
 * Who works in the namespace, and everybody else who may write there.
 *
 * @module
 */

import * as kinds from '../../../src/cluster/kinds.ts';
import { collectionPath, objectPath } from '../../../src/kube/path.ts';
import { type ApplicationObject, manifest, type SecretObject } from '../../support/tenant.ts';
import type { Api } from './api-door.ts';
import type { View } from './view.ts';

const kindOf = {
  oauthapplications: kinds.applications,
  oauthregistries: kinds.registries,
  secrets: kinds.secrets,
  namespaces: kinds.namespaces,
};

export type Plural = keyof typeof kindOf;

export interface Team {
  /** Creates an object of that name. */
  create(plural: Plural, name: string, body: object): Promise<void>;
  /** Creates an OAuthApplication; a Web one of version 2.0 where `spec` does not say otherwise. */
  apply(name: string, spec?: object): Promise<void>;
  /** A merge patch. */
  patch(plural: Plural, name: string, patch: object): Promise<void>;
  delete(plural: Plural, name: string): Promise<void>;
  /** As it is now; `undefined` if there is none. */
  application(name: string): ApplicationObject | undefined;
  secret(name: string): SecretObject | undefined;
}

export function teamOf(api: Api, namespace: string, view: View): Team {
  const pathOf = (plural: Plural, name: string) => objectPath(kindOf[plural], { namespace, name });
  const create = async (plural: Plural, name: string, body: object) => {
    const { metadata = {} } = body as { metadata?: object };
    const isNamespaced = kindOf[plural].namespaced;
    const named = { ...body, metadata: { ...metadata, name, ...(isNamespaced && { namespace }) } };
    await api.create(collectionPath(kindOf[plural], namespace), named);
  };
  return {
    create,
    apply: (name, spec = {}) =>
      create('oauthapplications', name, manifest(name, { registryRef: { name: namespace }, ...spec })),
    patch: async (plural, name, patch) => void (await api.patch(pathOf(plural, name), patch)),
    delete: (plural, name) => api.delete(pathOf(plural, name)),
    // What the view holds is what the API server gave.
    application: (name) => view.get('applications', `${namespace}/${name}`) as ApplicationObject | undefined,
    secret: (name) => view.get('secrets', `${namespace}/${name}`) as SecretObject | undefined,
  };
}
