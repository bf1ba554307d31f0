/**
 * THE schema of `OAuthApplication`: types, `parse` and the CRD are all made from it.
 *
 * @module
 */

import { applicationFields } from './application-fields.ts';
import { applicationRules, applicationTransitions } from './application-rules.ts';
import { ruled } from './rule.ts';

export type { OAuthApplicationSpec } from './application-fields.ts';
export type * from './application-status.ts';
export { applicationStatus } from './application-status.ts';

/** The API group of both kinds. */
export const group = 'ramify.dev';
export const version = 'v1alpha1';
export const apiVersion = `${group}/${version}`;

export const applicationKind = 'OAuthApplication';

/** Names become the value of a label, so they are shorter than Kubernetes allows. */
export const maxNameLength = 63;

/** `spec` of an OAuthApplication. */
export const applicationSpec = ruled(applicationFields, applicationRules, applicationTransitions).describe(
  'The application as it shall be registered, and the Secret that receives its credentials.',
);
