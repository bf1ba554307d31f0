/**
 * Attacks by what a manifest says: the API server refuses or drops it, and `parse` as the API server.
 *
 * @module
 */

import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { type Case, casesOf, requestOf } from '../corpus/cases.ts';
import { serverVerdicts } from '../corpus/server.ts';
import { complaint, parseVerdicts } from '../corpus/verdict.ts';
import { sharedCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { manifest } from '../support/tenant.ts';

type Spec = Case['spec'];

interface Attack {
  readonly name: string;
  readonly expectation: Case['expectation'];
  /** Where the API server alone decides, as of YAML. */
  readonly layer?: 'apiserver';
  readonly specs: readonly Spec[];
}

const elsewhere = { name: 'x', namespace: 'kube-system' };
const secret = (fields: object) => ({ secret: fields });

const attacks: readonly Attack[] = [
  {
    name: 'AT01: a namespace beside the name of a Secret',
    expectation: 'reject-or-prune',
    specs: [secret(elsewhere), { adoptionSecretRef: { ...elsewhere, key: 'value' } }],
  },
  {
    name: 'AT02: a namespace, credentials or a certificate authority of one’s own in the reference to a registry',
    expectation: 'reject-or-prune',
    specs: [
      { registryRef: elsewhere },
      { registryRef: { name: 'default', credentials: { secretRef: elsewhere } } },
      { registryRef: { name: 'default', caBundle: 'x', endpoint: 'evil.example' } },
      { credentials: { secretRef: elsewhere } },
    ],
  },
  {
    name: 'AT03: a selector where a name is meant',
    expectation: 'reject-or-prune',
    specs: [secret({ selector: { matchLabels: {} } }), { namespaceSelector: {} }, secret({ labelSelector: 'a=b' })],
  },
  {
    name: 'AT05: a path as the name of a Secret, a registry or an application',
    expectation: 'reject',
    specs: ['a/b', '..', '../kube-system/x', 'a%2fb', '%2e%2e', 'a\\b', '', 'a?b', 'a#b'].flatMap((name) => [
      secret({ name }),
      { registryRef: { name } },
      { applicationName: name },
      { adoptionSecretRef: { name, key: 'value' } },
    ]),
  },
  {
    name: 'AT12: a Secret that the API server fills with a token of a ServiceAccount',
    expectation: 'reject',
    specs: [secret({ annotations: { 'kubernetes.io/service-account.name': 'admin' } })],
  },
  {
    name: 'AT12, AT13, AT14: a type of Secret',
    expectation: 'reject-or-prune',
    specs: ['kubernetes.io/service-account-token', 'bootstrap.kubernetes.io/token', 'helm.sh/release.v1'].map((type) =>
      secret({ type }),
    ),
  },
  {
    name: 'AT14: marks by which Helm would own or delete it',
    expectation: 'reject',
    specs: [
      secret({ annotations: { 'meta.helm.sh/release-name': 'x' } }),
      secret({ annotations: { 'helm.sh/hook': 'pre-delete' } }),
      secret({ labels: { 'app.kubernetes.io/managed-by': 'Helm' } }),
    ],
  },
  {
    name: 'AT15: a label by which Argo CD takes it for a cluster or a repository',
    expectation: 'reject',
    specs: ['cluster', 'repository', 'repo-creds'].map((kind) =>
      secret({ labels: { 'argocd.argoproj.io/secret-type': kind } }),
    ),
  },
  {
    name: 'AT16: an annotation by which it is copied to other namespaces',
    expectation: 'reject',
    specs: [
      'reflector.v1.k8s.emberstack.com/reflection-allowed',
      'replicator.v1.mittwald.de/replicate-to',
      'kubed.appscode.com/sync',
    ].map((key) => secret({ annotations: { [key]: 'true' } })),
  },
  {
    name: 'AT17: one key of the Secret for two values',
    expectation: 'reject',
    specs: [
      secret({ keys: { clientID: 'same', clientSecret: 'same' } }),
      secret({ keys: { clientID: 'client_secret' } }),
      secret({ data: { client_id: 'mine' } }),
      secret({ keys: { clientID: 'id' }, data: { id: 'mine' } }),
    ],
  },
  {
    name: 'AT17: a field twice, of which one reader takes the first and another the last',
    expectation: 'reject-strict',
    layer: 'apiserver',
    specs: [{ $raw: 'spec:\n  displayName: One\n  displayName: Two\n' }],
  },
  {
    name: 'AT24: a twin of a name, by letters that look alike or are not seen',
    expectation: 'reject',
    specs: ['ѕtorefront', 'store\u200bfront', 'ｓtorefront', 'storefront\u0000', 'store front'].map(
      (applicationName) => ({
        applicationName,
      }),
    ),
  },
  {
    name: 'AT25: two redirect URIs or scopes in one, by the separator of the API',
    expectation: 'reject',
    specs: [
      { redirectURIs: ['https://app.example.com/cb;https://evil.example/cb'] },
      { redirectURIs: ['https://app.example.com/cb%3b;'] },
      { scopes: ['openid;/acs/scim'] },
      { scopes: ['openid', '/acs/scim;'] },
      { requiredScopes: ['openid;profile'] },
    ],
  },
  {
    name: 'AT30: a name on the consent page that looks like another by what one does not see',
    expectation: 'reject',
    specs: ['Ali\u200bbaba', 'ababilA\u202e', ' Alibaba', 'Alibaba\u00a0Cloud', '\u0301', 'Alibaba\ue000'].map(
      (displayName) => ({ displayName }),
    ),
  },
  {
    name: 'AT46: names that every object of JavaScript has, where there are closed lists',
    expectation: 'reject-or-prune',
    specs: [
      { constructor: { prototype: { suspend: true } } },
      secret({ keys: { constructor: 'x', toString: 'y' } }),
      JSON.parse('{"__proto__": {"suspend": true}}'),
    ],
  },
  {
    name: 'AT47: characters that some readers drop, and half of a character',
    expectation: 'reject',
    specs: ['a\u0000b', 'a\ufffdb', 'a\ud800b'].flatMap((text) => [
      { displayName: text },
      { applicationName: text },
      { redirectURIs: [`https://app.example.com/${text}`] },
      { scopes: [text] },
    ]),
  },
  {
    name: 'AT50: what moves a cursor, paints or turns text around',
    expectation: 'reject',
    specs: ['a\nb', 'a\u001b[31mb', 'a\u202eb', 'a\u2028b', 'a\tb', 'a\u009bb'].flatMap((text) => [
      { displayName: text },
      { scopes: [text] },
      { redirectURIs: [`https://app.example.com/${text}`] },
      secret({ labels: { team: text } }),
    ]),
  },
  {
    name: 'AT51: one redirect URI or scope twice, in forms that are not the same text',
    expectation: 'reject',
    specs: [
      { redirectURIs: ['https://app.example.com/cb', 'https://app.example.com/cb'] },
      { redirectURIs: ['https://app.example.com/cb', 'https://APP.example.com/cb'] },
      { redirectURIs: ['https://app.example.com/cb', 'HTTPS://app.example.com/cb'] },
      { redirectURIs: ['https://app.example.com/cb', 'https://app.example.com:443/cb'] },
      { redirectURIs: ['https://app.example.com/cb', 'https://app.example.com/x/../cb'] },
      { scopes: ['profile', 'profile'] },
      { scopes: ['profile', 'Profile'] },
    ],
  },
];

const cluster = sharedCluster();
let namespace = '';

beforeAll(async () => {
  namespace = await cluster.testNamespace();
});

describe.each(attacks)('$name', ({ expectation, layer, specs }) => {
  test.each(specs.map((spec) => ({ spec, shown: JSON.stringify(spec) })))('$shown', async ({ spec }) => {
    const row: Case = { id: 'attack', area: 'attack', spec, expectation, layer: layer ?? 'schema', reason: '' };
    const request = requestOf(row, 'attack');
    expect(complaint(row, await serverVerdicts(cluster, namespace, request))).toBeUndefined();
    if (layer === undefined) expect(complaint(row, parseVerdicts(request))).toBeUndefined();
  });
});

test('AT26: every trick of the corpus with a redirect URI is refused', () => {
  const tricks = casesOf('schema').filter(
    ({ area, expectation }) => area === 'redirect-uri' && expectation === 'reject',
  );
  const taken = tricks.filter((row) => complaint(row, parseVerdicts(requestOf(row, 'trick'))) !== undefined);
  expect(taken.map(({ id }) => id)).toEqual([]);
  expect(tricks.length).toBeGreaterThan(100);
});

test('AT30: a brand is refused by the policy that the page shows, where the platform has it', async () => {
  const page = readFileSync(new URL('../../docs/security/attacks.md', import.meta.url), 'utf8');
  const { matchConstraints, validations } = parse(/```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? '');
  const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': namespace } };
  const kind = (name: string, spec: object) => ({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: name,
    metadata: { name: namespace },
    spec,
  });
  const items = [
    kind('ValidatingAdmissionPolicy', { matchConstraints: { ...matchConstraints, namespaceSelector }, validations }),
    kind('ValidatingAdmissionPolicyBinding', { policyName: namespace, validationActions: ['Deny'] }),
  ];
  await cluster.apply(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  onTestFinished(async () => {
    await cluster.kubectl('delete', 'validatingadmissionpolicybinding,validatingadmissionpolicy', namespace);
  });
  const path = `/apis/ramify.dev/v1alpha1/namespaces/${namespace}/oauthapplications?dryRun=All`;
  const create = (displayName: string) => cluster.request('POST', path, manifest('brand', { displayName }));
  const refused = await eventually(async () => {
    const answer = await create('AliBaba Cloud');
    return answer.status !== 201 && answer;
  });
  expect(JSON.stringify(refused.body)).toContain('not yours to show');
  expect(await create('Shop')).toMatchObject({ status: 201 });
});
