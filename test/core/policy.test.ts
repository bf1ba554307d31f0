/** What a resource may not ask for in this version. */

import { describe, expect, it } from 'vitest';
import { policyRefusal } from '../../src/core/policy.ts';
import { spec } from '../support/builders.ts';

const noRule = 'no rule of the registry grants it, and this version of ramify reads no rules';

const rows = [
  { name: 'a derived name is granted', spec: {}, message: undefined },
  {
    name: 'an explicit name is not',
    spec: { applicationName: 'shop' },
    message: `spec.applicationName: ${noRule}; leave it out to use the derived name`,
  },
  {
    name: 'adoption is not',
    spec: { adoptionPolicy: 'AdoptOrCreate' },
    message: `spec.adoptionPolicy: ${noRule}; set it to Never`,
  },
  {
    name: 'only adoption is not either',
    spec: { adoptionPolicy: 'AdoptOnly' },
    message: `spec.adoptionPolicy: ${noRule}; set it to Never`,
  },
  {
    name: 'multi-tenancy is not',
    spec: { multiTenant: true },
    message: `spec.multiTenant: ${noRule}; set it to false`,
  },
  {
    name: 'rotation is not known',
    spec: { rotation: {} },
    message: 'spec.rotation: this version of ramify does not rotate client secrets; leave it out',
  },
  {
    name: 'of several the first is named',
    spec: { multiTenant: true, adoptionPolicy: 'AdoptOnly' },
    message: `spec.adoptionPolicy: ${noRule}; set it to Never`,
  },
];

describe('policy', () => {
  it.each(rows)('$name', ({ spec: changes, message }) => {
    expect(policyRefusal(spec(changes))).toEqual(message && { reason: 'PolicyViolation', message });
  });
});
