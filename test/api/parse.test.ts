/**
 * `parse`: every issue with its path, defaults, and statuses that anybody can have written. Single rules are the corpus's.
 *
 * @module
 */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  applicationChangeIssues,
  parseApplication,
  parseApplicationSpec,
  parseApplicationStatus,
  parseRegistry,
  parseRegistrySpec,
  parseRegistryStatus,
  registryChangeIssues,
} from '../../src/api/parse.ts';

const web = { type: 'Web', displayName: 'Portal', redirectURIs: ['https://app.example.com/cb'] };
const application = {
  apiVersion: 'ramify.dev/v1alpha1',
  kind: 'OAuthApplication',
  metadata: { name: 'portal' },
  spec: web,
};

function issuesOf(parsed: ReturnType<typeof parseApplication>): Record<string, string> {
  return Object.fromEntries(parsed.ok ? [] : parsed.issues.map(({ path, message }) => [path, message]));
}

describe('a spec', () => {
  test('gets the defaults of the schema and no others', () => {
    expect(parseApplicationSpec(web)).toEqual({
      ok: true,
      value: {
        ...web,
        registryRef: { name: 'default' },
        protocolVersion: '2.0',
        accessTokenValiditySeconds: 3600,
        scopes: ['openid'],
        multiTenant: false,
        adoptionPolicy: 'Never',
        driftPolicy: 'Correct',
        suspend: false,
      },
    });
    expect(parseRegistrySpec({ type: 'Store' })).toEqual({ ok: true, value: { type: 'Store' } });
  });

  test('is told everything that is wrong with it at once, cross-field rules included', () => {
    const spec = {
      ...web,
      displayName: ' Portal',
      accessTokenValiditySeconds: 1,
      redirectURIs: ['https://app.example.com/cb', 'http://app.example.com/cb'],
      secretRequired: false,
      rotation: { interval: '30m' },
      secret: { data: { 'tls.crt': '$(x)' } },
    };
    const parsed = parseApplicationSpec(spec);
    expect(parsed.ok ? [] : parsed.issues.map(({ path }) => path)).toEqual([
      'spec.displayName',
      'spec.accessTokenValiditySeconds',
      'spec.redirectURIs[1]',
      'spec.secret.data[tls.crt]',
      'spec.rotation.interval',
      'spec.secretRequired',
      'spec.rotation',
    ]);
  });

  test('is not told that two fields do not fit while one of them is malformed itself', () => {
    const parsed = parseApplicationSpec({ ...web, type: 'web', redirectURIs: ['com.example.app:/cb'] });
    expect(parsed.ok ? [] : parsed.issues.map(({ path }) => path)).toEqual(['spec.type']);
  });

  test.for([undefined, null, 1, 'spec', [], [web]])('that is %j is refused', (spec) => {
    expect(parseApplicationSpec(spec)).toMatchObject({ ok: false, issues: [{ path: 'spec' }] });
  });

  test('loses unknown fields, and nulls that say nothing', () => {
    const parsed = parseApplicationSpec({
      ...web,
      adopt: { id: '1' },
      suspend: null,
      secret: { name: null, type: 'x' },
    });
    expect(parsed).toMatchObject({ ok: true, value: { suspend: false, secret: {} } });
    expect(parsed.ok && Object.keys(parsed.value)).not.toContain('adopt');
  });

  test('does not reach the prototype', () => {
    const spec = JSON.parse('{"__proto__":{"suspend":true},"constructor":{"prototype":{"suspend":true}}}');
    const parsed = parseApplicationSpec({ ...web, ...spec });
    expect(parsed).toMatchObject({ ok: true, value: { suspend: false } });
    expect(Object.prototype).not.toHaveProperty('suspend');
  });

  test('parsed is read the same again', () => {
    const parsed = parseApplicationSpec(web);
    expect(parseApplicationSpec(parsed.ok && parsed.value)).toEqual(parsed);
  });
});

describe('a manifest', () => {
  test('is read with its metadata', () => {
    const metadata = { name: 'portal', namespace: 'team-a', labels: { a: 'b' } };
    expect(parseApplication({ ...application, metadata })).toMatchObject({ ok: true, value: { metadata, spec: web } });
    expect(parseRegistry({ ...application, kind: 'OAuthRegistry', spec: { type: 'Store' } })).toMatchObject({
      ok: true,
    });
  });

  test('may not have unknown fields unless they are dropped', () => {
    const object = { ...application, extra: 1, spec: { ...web, secret: { type: 'Opaque' }, redirectUris: [] } };
    expect(issuesOf(parseApplication(object))).toEqual({
      extra: 'unknown field',
      'spec.redirectUris': 'unknown field',
      'spec.secret.type': 'unknown field',
    });
    expect(parseApplication(object, 'drop').ok).toBe(true);
  });

  test.for([
    [{ apiVersion: 'ramify.dev/v1' }, 'apiVersion'],
    [{ kind: 'OAuthRegistry' }, 'kind'],
    [{ metadata: undefined }, 'metadata'],
    [{ metadata: { name: 'a'.repeat(64) } }, 'metadata.name'],
    [{ metadata: { name: 'Portal' } }, 'metadata.name'],
    [{ spec: undefined }, 'spec'],
  ] as const)('with %j is refused', ([change, path]) => {
    expect(Object.keys(issuesOf(parseApplication({ ...application, ...change })))).toEqual([path]);
  });

  test('that is no object is refused, never thrown at', () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true }), (value) => {
        expect(parseApplication(value).ok).toBe(false);
        expect(parseApplication({ ...application, spec: value }).ok).toBe(false);
      }),
    );
  });
});

describe('a change', () => {
  const valueOf = (change: object) => {
    const parsed = parseApplicationSpec({ ...web, ...change });
    if (!parsed.ok) throw new Error(parsed.issues[0]?.message);
    return parsed.value;
  };

  test('of what the registry cannot change is refused, each field by its name', () => {
    const changed = valueOf({
      type: 'Native',
      protocolVersion: '2.1',
      applicationName: 'a',
      registryRef: { name: 'b' },
    });
    expect(applicationChangeIssues(changed, valueOf({})).map(({ path }) => path)).toEqual([
      'spec.registryRef.name',
      'spec.applicationName',
      'spec.type',
      'spec.protocolVersion',
    ]);
  });

  test('of anything else is allowed', () => {
    const changed = valueOf({ displayName: 'B', scopes: ['profile'], suspend: true, protocolVersion: '2.0' });
    expect(applicationChangeIssues(changed, valueOf({}))).toEqual([]);
  });

  test('of a registry may not leave its applications behind', () => {
    const issues = registryChangeIssues({ type: 'Store', applicationNamePrefix: 'a' }, { type: 'Store' });
    expect(issues.map(({ path }) => path)).toEqual(['spec.applicationNamePrefix']);
  });
});

describe('a status', () => {
  const time = '2026-01-31T10:00:00Z';
  const ready = { type: 'Ready', status: 'True', reason: 'Succeeded', message: '', lastTransitionTime: time };

  test('is kept where it is well formed', () => {
    const status = {
      observedGeneration: 3,
      conditions: [{ ...ready, observedGeneration: 3 }],
      clientID: '4724570903440410001',
      secretRef: { name: 'portal', resourceVersion: '12' },
      clientSecrets: [{ id: 'a', role: 'Current', createTime: time, fingerprint: '0123456789abcdef' }],
      provenance: 'Created',
    };
    expect(parseApplicationStatus(status)).toEqual(status);
  });

  test('loses what is malformed, item by item, and nothing else', () => {
    const status = {
      observedGeneration: '3',
      conditions: [ready, { type: 'Accepted' }, null],
      clientID: 4,
      accountID: '1',
      provenance: 'Stolen',
      secretRef: { name: 'portal' },
      clientSecrets: [
        { id: 'a', role: 'Next', createTime: time },
        { id: 'b', role: 'Previous', createTime: time },
      ],
      drift: 'none',
      foreign: true,
    };
    expect(parseApplicationStatus(status)).toEqual({
      observedGeneration: -1,
      conditions: [ready],
      accountID: '1',
      clientSecrets: [{ id: 'b', role: 'Previous', createTime: time }],
    });
  });

  test('of a registry is read likewise', () => {
    const endpoints = { issuer: 'https://issuer.example.com' };
    const unclaimed = { count: 1, names: ['demo_team-a.portal'] };
    const status = { accountID: 'store', applicationCount: -1, lastListTime: time, endpoints, unclaimed };
    expect(parseRegistryStatus(status)).toEqual({
      observedGeneration: -1,
      accountID: 'store',
      lastListTime: time,
      unclaimed,
    });
  });

  test('keeps at most as many items as it may have', () => {
    const many = Array.from({ length: 40 }, (_, index) => ({ ...ready, type: `T${index}` }));
    expect(parseApplicationStatus({ conditions: many }).conditions).toBeUndefined();
  });

  test('with a length that cannot be compared is not thrown at', () => {
    const hostile = { length: { toString: 1, valueOf: 1 } };
    expect(parseApplicationStatus({ conditions: hostile, secretRef: hostile })).toEqual({ observedGeneration: -1 });
    expect(parseApplication({ ...application, spec: { ...web, redirectURIs: hostile } }).ok).toBe(false);
  });

  test('of any kind is never thrown at', () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true }), (value) => {
        expect(parseApplicationStatus(value).observedGeneration).toBeGreaterThanOrEqual(-1);
        expect(parseApplicationStatus({ conditions: value, secretRef: value }).observedGeneration).toBe(-1);
      }),
    );
  });
});
