/**
 * `spec.secret.labels` and `spec.secret.annotations`: what the Secret may bear, and which keys would give it away.
 *
 * @module
 */

import { labelValue, metadataKey } from './names.ts';
import { celString, type Rule, ruled } from './rule.ts';
import { mapOf, text } from './text.ts';

/** A DNS name of 253 characters, a slash, and 63 more. */
const maxKeyLength = 317;

/**
 * Keys by which other tools would copy, mount, own or delete the Secret, or that are ours. Of `app.kubernetes.io/` these are
 * the two that say by whom the Secret is managed; other names under it are what people are meant to set.
 */
const reserved = new RegExp(
  `^(?:ramify\\.dev|argocd\\.argoproj\\.io|(?:meta\\.)?helm\\.sh|reflector\\.v1\\.k8s\\.emberstack\\.com|` +
    `replicator\\.v1\\.mittwald\\.de|kubed\\.appscode\\.com|(?:[a-z0-9.-]+\\.)?kubernetes\\.io)/`,
);

const appLabel = /^app\.kubernetes\.io\//;
const ownAppLabel = /^app\.kubernetes\.io\/(?:managed-by|instance)$/;

function isReserved(key: string): boolean {
  return reserved.test(key) && (ownAppLabel.test(key) || !appLabel.test(key));
}

/** The same in CEL. */
const isReservedCEL =
  `key.matches(${celString(reserved)}) && ` +
  `(key.matches(${celString(ownAppLabel)}) || !key.matches(${celString(appLabel)}))`;

const rules: readonly Rule<Record<string, string>>[] = [
  {
    rule: `self.all(key, size(key) <= ${maxKeyLength} && key.matches(${celString(metadataKey)}))`,
    check: (self) => Object.keys(self).every((key) => key.length <= maxKeyLength && metadataKey.test(key)),
    message: 'every key must be a name of at most 63 characters, after an optional DNS name and "/"',
  },
  {
    rule: `self.all(key, size(key) > ${maxKeyLength} || !(${isReservedCEL}))`,
    check: (self) => Object.keys(self).every((key) => key.length > maxKeyLength || !isReserved(key)),
    message:
      'must not have a key of ramify.dev, kubernetes.io (but app.kubernetes.io/ other than managed-by and instance), ' +
      'argocd.argoproj.io, helm.sh, meta.helm.sh, reflector.v1.k8s.emberstack.com, replicator.v1.mittwald.de or kubed.appscode.com',
    reason: 'FieldValueForbidden',
  },
];

/** Labels of the Secret, at most 32. */
export function labels() {
  return ruled(mapOf(labelValue().describe('The value of this label. At most 63 characters.'), 32), rules);
}

/** Annotations of the Secret, at most 32. */
export function annotations() {
  const value = text({ max: 1024 }).describe('The value of this annotation. At most 1,024 characters.');
  return ruled(mapOf(value, 32), rules);
}
