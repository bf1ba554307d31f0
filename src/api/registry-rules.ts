/**
 * What an `OAuthRegistry`'s fields must be to each other, and to the spec that they replace.
 *
 * @module
 */

import type { OAuthRegistrySpec } from './registry-fields.ts';
import type { Rule, Transition } from './rule.ts';

type Spec = OAuthRegistrySpec;

/** Rules over the whole spec. */
export const registryRules: readonly Rule<Spec>[] = [
  {
    rule: "has(self.alibabaCloud) == (self.type == 'AlibabaCloud')",
    check: ({ type, alibabaCloud }) => (alibabaCloud !== undefined) === (type === 'AlibabaCloud'),
    reads: ['type'],
    message: 'must be given for AlibabaCloud, and only there',
    path: 'alibabaCloud',
  },
  {
    rule: "!has(self.store) || self.type == 'Store'",
    check: ({ type, store }) => store === undefined || type === 'Store',
    reads: ['type'],
    message: 'only a registry of type Store has it',
    path: 'store',
    reason: 'FieldValueForbidden',
  },
  {
    rule:
      '!has(self.alibabaCloud) || [has(self.alibabaCloud.credentials.workloadIdentity), has(self.alibabaCloud.credentials.secretRef), ' +
      'has(self.alibabaCloud.credentials.environment)].exists_one(given, given)',
    check: ({ alibabaCloud }) => alibabaCloud === undefined || givenFields(alibabaCloud.credentials) === 1,
    reads: ['alibabaCloud'],
    message: 'must hold exactly one of workloadIdentity, secretRef and environment',
    path: 'alibabaCloud.credentials',
  },
  {
    rule: "self.type != 'AlibabaCloud' || has(self.applicationNamePrefix)",
    check: ({ type, applicationNamePrefix }) => type !== 'AlibabaCloud' || applicationNamePrefix !== undefined,
    reads: ['type', 'applicationNamePrefix'],
    message: 'is required for AlibabaCloud',
    path: 'applicationNamePrefix',
    reason: 'FieldValueRequired',
  },
];

function givenFields(object: object): number {
  return Object.values(object).filter((value) => value !== undefined).length;
}

/** What may not change: applications would be left behind where no resource knows of them. */
export const registryTransitions: readonly Transition<Spec>[] = [
  {
    rule: 'self.type == oldSelf.type',
    check: (self, old) => self.type === old.type,
    message: 'is immutable: create another OAuthRegistry',
    path: 'type',
  },
  {
    rule: '!has(self.alibabaCloud) || !has(oldSelf.alibabaCloud) || self.alibabaCloud.site == oldSelf.alibabaCloud.site',
    check: (self, old) => self.alibabaCloud?.site === old.alibabaCloud?.site,
    message: 'is immutable: create another OAuthRegistry',
    path: 'alibabaCloud.site',
  },
  {
    rule:
      'has(self.applicationNamePrefix) == has(oldSelf.applicationNamePrefix) && ' +
      '(!has(self.applicationNamePrefix) || self.applicationNamePrefix == oldSelf.applicationNamePrefix)',
    check: (self, old) => self.applicationNamePrefix === old.applicationNamePrefix,
    message: 'is immutable, and may be neither added nor removed: create another OAuthRegistry',
    path: 'applicationNamePrefix',
  },
];
