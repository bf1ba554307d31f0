/** What rules grant: they add up, and what none speaks of has its default. */

import { describe, expect, it } from 'vitest';
import { grantFor, type Policy } from '../../src/core/grant.ts';

const gold = { matchLabels: { tier: 'gold' } };
const nothing = {
  applicationNames: [],
  redirectHosts: undefined,
  scopes: undefined,
  multiTenant: false,
  loopbackRedirects: true,
  maxApplications: undefined,
  adoptableNames: undefined,
  applicationNamePrefix: undefined,
};

const rows: readonly { name: string; policy: Policy; grant: object | undefined }[] = [
  { name: 'no rules: the defaults', policy: {}, grant: {} },
  {
    name: 'a rule for others: the defaults',
    policy: { rules: [{ namespaceSelector: { matchLabels: { tier: 'lead' } }, multiTenant: true }] },
    grant: {},
  },
  {
    name: 'a registry for others: nothing',
    policy: { namespaceSelector: { matchLabels: { tier: 'lead' } }, rules: [{ multiTenant: true }] },
    grant: undefined,
  },
  {
    name: 'a rule for us',
    policy: { rules: [{ namespaceSelector: gold, multiTenant: true }] },
    grant: { multiTenant: true },
  },
  {
    name: 'several rules: each list is what any of them grants',
    policy: {
      rules: [
        { applicationNames: ['a'], scopes: ['x'] },
        { applicationNames: ['b'], redirectHosts: ['h'] },
        { scopes: ['y'] },
      ],
    },
    grant: { applicationNames: ['a', 'b'], scopes: ['x', 'y'], redirectHosts: ['h'] },
  },
  { name: 'an empty list grants none', policy: { rules: [{ scopes: [] }, {}] }, grant: { scopes: [] } },
  {
    name: 'of limits the greatest',
    policy: { rules: [{ maxApplications: 2 }, { maxApplications: 5 }, {}] },
    grant: { maxApplications: 5 },
  },
  { name: 'no applications at all', policy: { rules: [{ maxApplications: 0 }] }, grant: { maxApplications: 0 } },
  {
    name: 'loopback forbidden',
    policy: { rules: [{ loopbackRedirects: false }, {}] },
    grant: { loopbackRedirects: false },
  },
  {
    name: 'loopback forbidden and granted',
    policy: { rules: [{ loopbackRedirects: false }, { loopbackRedirects: true }] },
    grant: {},
  },
  {
    name: 'multi-tenancy refused and granted',
    policy: { rules: [{ multiTenant: false }, { multiTenant: true }] },
    grant: { multiTenant: true },
  },
  {
    name: 'adoption of the names of its own rule, and of derived ones',
    policy: { rules: [{ applicationNames: ['a'] }, { applicationNames: ['b'], adoption: true }, { adoption: false }] },
    grant: { applicationNames: ['a', 'b'], adoptableNames: ['b'] },
  },
  { name: 'adoption of derived names alone', policy: { rules: [{ adoption: true }] }, grant: { adoptableNames: [] } },
  { name: 'the prefix goes along', policy: { applicationNamePrefix: 'eu' }, grant: { applicationNamePrefix: 'eu' } },
];

describe('a namespace is granted', () => {
  it.each(rows)('$name', ({ policy, grant }) => {
    expect(grantFor(policy, { tier: 'gold' })).toEqual(grant && { ...nothing, ...grant });
  });
});
