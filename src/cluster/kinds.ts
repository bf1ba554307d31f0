/**
 * The kinds of objects that ramify reads and writes, as the API server addresses them.
 *
 * @module
 */

import { group, version } from '../api/application.ts';
import type { Resource as Kind } from '../kube/kube.ts';

export const applications: Kind = { group, version, plural: 'oauthapplications', namespaced: true };
export const registries: Kind = { group, version, plural: 'oauthregistries', namespaced: false };
export const secrets: Kind = { group: '', version: 'v1', plural: 'secrets', namespaced: true };
export const namespaces: Kind = { group: '', version: 'v1', plural: 'namespaces', namespaced: false };
export const definitions: Kind = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  plural: 'customresourcedefinitions',
  namespaced: false,
};
