/**
 * The OAuthApplications that are applied: Web ones, each with a client secret and a Secret of ten values.
 *
 * @module
 */

import type { OAuthApplicationStatus } from '../../src/api/application.ts';

/** What is read of an OAuthApplication. */
export interface ApplicationObject {
  readonly metadata: {
    readonly namespace: string;
    readonly name: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly generation: number;
    readonly finalizers?: readonly string[];
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly status?: OAuthApplicationStatus;
}

/** The names of `count` applications. */
export function applicationNames(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `application-${String(index).padStart(6, '0')}`);
}

/** The manifest of one. */
export function application(name: string): object {
  return {
    apiVersion: 'ramify.dev/v1alpha1',
    kind: 'OAuthApplication',
    metadata: { name },
    spec: {
      displayName: 'Team Portal',
      type: 'Web',
      redirectURIs: ['https://portal.example.com/oauth2/callback', 'http://localhost:3000/oauth2/callback'],
      scopes: ['openid', 'profile'],
    },
  };
}

/** Whether it is Ready in the generation that is there. */
export function isReady({ metadata, status }: ApplicationObject): boolean {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  return ready?.status === 'True' && ready.observedGeneration === metadata.generation;
}
