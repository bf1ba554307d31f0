/**
 * The value of a client secret that an adopted application came with: as the registry gives it, or as the user does.
 *
 * Nothing is issued or deleted for it, and the user's Secret is only read.
 *
 * @module
 */

import type { Cluster } from '../cluster/cluster.ts';
import { valueUnder } from '../core/fingerprint.ts';
import type { Observed } from '../core/observed.ts';
import type { Resource } from '../core/resource.ts';
import { Sensitive } from '../core/sensitive.ts';
import type { ClientSecret, Desired, IssuedClientSecret } from '../core/state.ts';
import type { Registry } from '../registry/registry.ts';

/**
 * What was found, with the value to deliver, if there is one.
 *
 * Of two that the registry gives, the newest is taken, unless the user's value is one of them. Where it gives none, the user's
 * value is taken at his word; of two client secrets nobody then says which it is.
 */
export async function withAdoptedValue(
  { adoptionSecretRef: ref, secret: wanted }: Desired,
  found: Observed,
  { registry, cluster }: { readonly registry?: Registry; readonly cluster: Cluster },
): Promise<Observed> {
  const newestFirst = found.clientSecrets.toSorted((a, b) => b.createTime - a.createTime);
  const [newest] = newestFirst;
  if (newest === undefined) return found;
  const given = ref && (await givenValue(ref, found.resource, cluster, isOverwritten(ref, wanted, found)));
  const readable = await readValues(found, newestFirst, registry);
  const known = readable.find(({ value }) => given instanceof Sensitive && value.equals(given)) ?? readable[0];
  if (known) return { ...found, value: known, adopted: [known.id] };
  if (given instanceof Sensitive)
    return { ...found, value: { ...newest, value: given }, adopted: newestFirst.map(({ id }) => id) };
  return given === undefined ? found : { ...found, unusable: given };
}

async function readValues(
  { application }: Observed,
  clientSecrets: readonly ClientSecret[],
  registry: Registry | undefined,
): Promise<readonly IssuedClientSecret[]> {
  if (application === undefined || registry === undefined) return [];
  const read = await Promise.all(clientSecrets.map(({ id }) => registry.readClientSecret(application.id, id)));
  return read.filter((issued) => issued !== undefined);
}

type Reference = NonNullable<Desired['adoptionSecretRef']>;

/** Into the Secret that is named for the credentials the value is written; only one of an earlier life has it before. */
function isOverwritten(ref: Reference, wanted: Desired['secret'], { isInherited = false }: Observed): boolean {
  return ref.name === wanted.name && !isInherited;
}

/** `VSCHAR` of RFC 6749, appendix A.2, without the blank; RAM's have 64 letters and digits. */
const clientSecretValue = /^[\x21-\x7e]{1,512}$/;

/** The user's value, or why there is none. */
async function givenValue(
  { name, key }: Reference,
  resource: Resource,
  cluster: Cluster,
  overwritten: boolean,
): Promise<Sensitive | string> {
  if (overwritten) return `spec.adoptionSecretRef names the Secret ${name} that is to be written; name another`;
  const secret = await cluster.readSecret(resource, name);
  const value = secret && valueUnder(key, secret);
  if (secret === undefined) return `the Secret ${name} that spec.adoptionSecretRef names is not there`;
  if (value === undefined) return `the Secret ${name} has no key ${key}, which spec.adoptionSecretRef names`;
  if (clientSecretValue.test(value.reveal())) return value;
  return `what the Secret ${name} holds under ${key} is no client secret: it must be 1-512 printable ASCII characters, without blanks and line breaks`;
}
