/** Whose Secret it is, and how it stands to what is wanted. */

import { describe, expect, it } from 'vitest';
import { secretStanding } from '../../src/core/delivery.ts';
import { isOurs, isOwned, type Observed } from '../../src/core/observed.ts';
import { Sensitive } from '../../src/core/sensitive.ts';
import type { SecretMetadata } from '../../src/core/state.ts';
import { desired, foreignSecret, owner, secret, settled, uid, untouched } from '../support/builders.ts';

const marked = { labels: {}, annotations: {}, ownerReferences: [] };
const label = { 'ramify.dev/application': 'shop' };

const ownership = [
  {
    name: 'that names our UID is ours',
    changes: { ...marked, annotations: { 'ramify.dev/application-uid': uid } },
    ours: true,
  },
  {
    name: 'that names another UID is not',
    changes: { ...marked, annotations: { 'ramify.dev/application-uid': 'x' } },
    ours: false,
  },
  {
    name: 'that we control and label is ours',
    changes: { ...marked, labels: label, ownerReferences: [owner(uid)] },
    ours: true,
  },
  {
    name: 'that we control and bind is ours',
    changes: { ...marked, annotations: { 'ramify.dev/binding': '' }, ownerReferences: [owner(uid)] },
    ours: true,
  },
  { name: 'that we control without a mark is not', changes: { ...marked, ownerReferences: [owner(uid)] }, ours: false },
  { name: 'that bears our label alone is not', changes: { ...marked, labels: label }, ours: false },
  {
    name: 'that we own but do not control is not',
    changes: { ...marked, labels: label, ownerReferences: [{ ...owner(uid), controller: false }] },
    ours: false,
  },
  { name: 'of another type is not, whatever it says', changes: { type: 'kubernetes.io/tls' }, ours: false },
];

describe('a Secret', () => {
  it.each(ownership)('$name', ({ changes, ours }) => {
    expect(isOurs(secret(changes), { uid })).toBe(ours);
  });

  it('is taken along only by the resource that controls it', () => {
    expect(isOwned(secret(), uid)).toBe(true);
    expect(isOwned(secret(), 'another')).toBe(false);
    expect(isOwned(secret({ ownerReferences: [{ ...owner(uid), controller: false }] }), uid)).toBe(false);
  });
});

function metadata(changes: Partial<SecretMetadata> = {}): SecretMetadata {
  const { type: _type, immutable: _immutable, data: _data, ...rest } = secret(changes);
  return rest;
}

const secretStandings: readonly { name: string; spec?: object; found: Partial<Observed>; standing: string }[] = [
  { name: 'is absent', found: { secret: undefined }, standing: 'absent' },
  { name: 'is foreign', found: { secret: foreignSecret() }, standing: 'foreign' },
  { name: 'is proven by its values', found: {}, standing: 'proven' },
  { name: 'is proven by its version, unread', found: { secret: metadata(), value: undefined }, standing: 'proven' },
  {
    name: 'must be read in another version',
    found: { secret: metadata({ resourceVersion: '8' }) },
    standing: 'unread',
  },
  {
    name: 'differs in the proven version from a spec that changed',
    spec: { scopes: ['profile'] },
    found: { secret: metadata() },
    standing: 'differs',
  },
  {
    name: 'differs in the proven version by its owner',
    spec: { deletionPolicy: 'Orphan' },
    found: { secret: metadata() },
    standing: 'differs',
  },
  {
    name: 'differs where its client secret is not live any more',
    found: { secret: metadata(), clientSecrets: [], value: undefined },
    standing: 'differs',
  },
  {
    name: 'differs in a value',
    found: { secret: secret({ data: { client_id: new Sensitive('eA==') } }) },
    standing: 'differs',
  },
  { name: 'differs in a label', found: { secret: secret({ labels: {} }) }, standing: 'differs' },
  { name: 'differs in its owner', found: { secret: secret({ ownerReferences: [] }) }, standing: 'differs' },
  { name: 'differs as long as the value is not known', found: { value: undefined }, standing: 'differs' },
  {
    name: 'is to be replaced once it is immutable',
    found: { secret: secret({ immutable: true }) },
    standing: 'replace',
  },
  { name: 'is proven with foreign keys and labels in it', found: { secret: foreignIn(secret()) }, standing: 'proven' },
];

function foreignIn(ours: ReturnType<typeof secret>) {
  return { ...ours, data: { ...ours.data, foreign: new Sensitive('eA==') }, labels: { ...ours.labels, foreign: 'x' } };
}

describe('the Secret that is wanted', () => {
  it.each(secretStandings)('$name', ({ spec, found, standing }) => {
    expect(secretStanding(desired({ ...spec }), settled(found))).toBe(standing);
  });

  it('holds nothing before there is an application', () => {
    expect(secretStanding(desired(), untouched({ secret: secret() }))).toBe('differs');
  });
});
