/** No value of a client secret leaves the Secret: not in a status, an event, a log line, a mark or an error. */

import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ClusterError } from '../../src/cluster/cluster.ts';
import { RegistryError } from '../../src/registry/errors.ts';
import type { Registry } from '../../src/registry/registry.ts';
import { key, type World, world } from '../support/world.ts';

const shortest = 12;

/** Every piece of a value, and of its encodings, that is long enough to be of use. */
function pieces(value: string): readonly string[] {
  const bytes = Buffer.from(value);
  const forms = [value, bytes.toString('base64'), bytes.toString('hex'), encodeURIComponent(value)];
  return forms.flatMap((form) =>
    Array.from({ length: form.length - shortest + 1 }, (_, at) => form.slice(at, at + shortest)),
  );
}

/** A life with every kind of trouble in it: every value that was ever live, and every error that the queue would log. */
async function live(made: World) {
  const { cluster, registry } = made;
  const errors: unknown[] = [];
  const values = new Set<string>();
  const pass = async () => {
    await made.pass().catch((error: unknown) => errors.push(error));
    for (const value of await valuesOf(registry.outside)) values.add(value);
    made.advance(1_000);
  };
  const passes = async () => {
    for (const _pass of [1, 2, 3]) await pass();
  };

  made.apply();
  registry.failNext(
    'issueClientSecret',
    new RegistryError('uncertain', 'no answer', { operation: 'issueClientSecret' }),
    'after',
  );
  await pass();
  cluster.failNext('createSecret', new ClusterError('refused', 'exceeded quota'));
  await pass();
  cluster.failNext('createSecret', new ClusterError('failed', 'no answer'), 'after');
  await passes();
  cluster.outside.deleteSecret('team-a', 'shop');
  await passes();
  made.apply({ secret: { name: 'other', data: { env: '$(clientSecret)' } } });
  await passes();
  await registry.outside.delete((await made.application())?.id ?? '');
  await made.resync();
  await passes();
  made.apply({ displayName: '' });
  await pass();
  return { errors, values: [...values] };
}

async function valuesOf(registry: Registry): Promise<readonly string[]> {
  const ids = (await registry.list()).map(({ id }) => id);
  const listed = await Promise.all(
    ids.map(async (id) => (await registry.clientSecrets(id)).map((secret) => [id, secret.id] as const)),
  );
  const issued = await Promise.all(listed.flat().map(([id, secretID]) => registry.readClientSecret(id, secretID)));
  return issued.flatMap((secret) => (secret ? [secret.value.reveal()] : []));
}

describe('the whole life of an application', () => {
  it('prints no piece of any client secret', async () => {
    const made = await world();
    const { errors, values } = await live(made);
    expect(errors).toHaveLength(1);
    expect(values).toHaveLength(2);

    const { statuses, events, outside } = made.cluster;
    const { logged } = made;
    const everything = {
      statuses,
      events,
      errors,
      logged,
      resource: made.resource(key),
      secrets: outside.secrets('team-a'),
    };
    const printed = [
      JSON.stringify(everything),
      inspect(everything, { depth: 20, showHidden: true, maxStringLength: null, maxArrayLength: null }),
      errors.map(String).join(),
    ].join();
    expect(printed).toContain('[redacted]');
    expect(values.flatMap(pieces).filter((piece) => printed.includes(piece))).toEqual([]);
  });
});
