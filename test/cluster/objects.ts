/**
 * Objects for the tests of this folder, as the API server sends them.
 *
 * @module
 */

import type { SecretManifest } from '../../src/core/secret.ts';
import { secretLabels, secretMarks } from '../../src/core/secret.ts';
import { Sensitive } from '../../src/core/sensitive.ts';
import type { KubeObject, ObjectMeta } from '../../src/kube/kube.ts';
import { uid } from '../support/builders.ts';

/** The OAuthApplication `team-a/shop`. */
export function application(metadata: Partial<ObjectMeta> = {}, rest: Omit<KubeObject, 'metadata'> = {}): KubeObject {
  return { metadata: { namespace: 'team-a', name: 'shop', uid, resourceVersion: '1', ...metadata }, ...rest };
}

/** A manifest that says little: one label and one annotation of the user's, one key. */
export function manifest(changes: Partial<SecretManifest> = {}): SecretManifest {
  return {
    name: 'shop',
    labels: { team: 'a', [secretLabels.managedBy]: 'ramify', [secretLabels.application]: 'shop' },
    annotations: {
      note: 'hello',
      [secretMarks.clientSecretID]: 's1',
      [secretMarks.uid]: uid,
      [secretMarks.keys]: 'client_id',
      [secretMarks.labels]: 'team',
      [secretMarks.annotations]: 'note',
    },
    data: { client_id: base64('client-1') },
    owned: true,
    ...changes,
  };
}

/** As `data` of a Secret holds it. */
export function base64(text: string): Sensitive {
  return new Sensitive(Buffer.from(text).toString('base64'));
}
