/**
 * The cases that neither schema nor API server decide, run against the loop: it ignores, tolerates, or says why not.
 *
 * @module
 */

import { beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { type Installation, install } from '../support/installation.ts';
import { casesOf, requestOf } from './cases.ts';

/** The reason that `Ready` comes to bear, by case. */
const reasons: Readonly<Record<string, string>> = {
  'BAD-ADOPTION-002': 'Succeeded',
  'BAD-ADOPTION-003': 'Succeeded',
  'BAD-COMBO-016': 'PolicyViolation',
  'BAD-REDIRECT-URI-051': 'InvalidSpec',
  'BAD-SECRET-TARGET-019': 'SecretConflict',
  'BAD-YAML-021': 'Succeeded',
  'OWN-POLICIES-008': 'PolicyViolation',
};

const cases = [...casesOf('semantic'), ...casesOf('policy')];
const forged = '4724570903440410000';

interface Application {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
  readonly status?: {
    readonly applicationID?: string;
    readonly conditions?: readonly { readonly type: string; readonly reason: string }[];
  };
}

let installation: Installation;
let namespace: string;

beforeAll(async () => {
  installation = await install();
  namespace = await installation.cluster.testNamespace();
});

const collection = () => `/apis/ramify.dev/v1alpha1/namespaces/${namespace}/oauthapplications`;

async function settled(name: string): Promise<Application> {
  return eventually(async () => {
    const { body } = await installation.cluster.request<Application>('GET', `${collection()}/${name}`);
    const ready = body.status?.conditions?.find(({ type }) => type === 'Ready');
    return ready !== undefined && ready.reason !== 'Progressing' && body;
  });
}

async function secretNames(): Promise<readonly string[]> {
  const path = `/api/v1/namespaces/${namespace}/secrets`;
  const { body } = await installation.cluster.request<{ items: { metadata: { name: string } }[] }>('GET', path);
  return body.items.map(({ metadata: { name } }) => name);
}

describe('what the loop decides', () => {
  it('has an expectation for every case', () => {
    expect(Object.keys(reasons).toSorted()).toEqual(cases.map(({ id }) => id).toSorted());
  });

  it.each(cases)('$id: $reason', async (row) => {
    const { cluster } = installation;
    const secret = row.spec['secret'];
    if (typeof secret === 'object' && secret !== null && 'name' in secret) {
      const theirs = { metadata: { name: secret.name }, data: { mine: 'aGVsbG8=' } };
      await cluster.request('POST', `/api/v1/namespaces/${namespace}/secrets`, theirs);
    }
    const name = row.id.toLowerCase();
    const { body } = requestOf(row, name);
    const answer =
      'yaml' in body
        ? await cluster.request('POST', collection(), body.yaml, 'application/yaml')
        : await cluster.request('POST', collection(), body.object);
    expect(answer.status).toBe(201);

    const { status, metadata } = await settled(name);
    expect(status?.conditions?.find(({ type }) => type === 'Ready')?.reason).toBe(reasons[row.id]);
    expect(JSON.stringify([status, metadata.annotations])).not.toContain(forged);
    expect(status?.applicationID !== undefined).toBe(reasons[row.id] === 'Succeeded');
    expect(await secretNames()).not.toContain('smuggled');
  });

  it.each(casesOf('policy'))('$id is carried out where a rule grants it', async (row) => {
    const { cluster } = installation;
    const generous = { type: 'Store', rules: [{ multiTenant: true, adoption: true }] };
    const registry = { apiVersion: 'ramify.dev/v1alpha1', kind: 'OAuthRegistry', metadata: { name: 'generous' } };
    await cluster.apply(JSON.stringify({ ...registry, spec: generous }));
    const name = `${row.id.toLowerCase()}-granted`;
    const { body } = requestOf({ ...row, spec: { ...row.spec, registryRef: { name: 'generous' } } }, name);
    expect((await cluster.request('POST', collection(), 'object' in body ? body.object : body.yaml)).status).toBe(201);
    await eventually(async () => {
      const { status } = await settled(name);
      return status?.conditions?.find(({ type }) => type === 'Ready')?.reason === 'Succeeded';
    });
  });

  it('proves a status again that somebody forged', async () => {
    const { cluster } = installation;
    const name = 'forged-later';
    const spec = { type: 'Server', displayName: 'Forged' };
    const manifest = { apiVersion: 'ramify.dev/v1alpha1', kind: 'OAuthApplication', metadata: { name }, spec };
    await cluster.request('POST', collection(), manifest);
    const { status } = await settled(name);

    const patch = { status: { applicationID: forged, clientID: forged } };
    const path = `${collection()}/${name}`;
    await cluster.request('PATCH', `${path}/status`, patch, 'application/merge-patch+json');

    await eventually(async () => {
      const { body } = await cluster.request<Application>('GET', path);
      expect(body.status?.applicationID).toBe(status?.applicationID);
      return true;
    });
  });
});
