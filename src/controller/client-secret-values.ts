/**
 * The values that a Secret is to hold: from the registry, where that gives them again, else from the Secret that holds them
 * already.
 *
 * @module
 */

import type { Cluster } from '../cluster/cluster.ts';
import { accountForClientSecrets, isUnserved } from '../core/client-secrets.ts';
import { secretStanding } from '../core/delivery.ts';
import { valueUnder, valueWith } from '../core/fingerprint.ts';
import { type Observed, ownSecrets } from '../core/observed.ts';
import { isWithoutSecret } from '../core/restored.ts';
import { rotationOf } from '../core/rotation.ts';
import { secretMarks, showsPrevious } from '../core/secret.ts';
import type { ClientSecret, Desired, IssuedClientSecret, ObservedSecret } from '../core/state.ts';
import type { Registry } from '../registry/registry.ts';
import { withAdoptedValue } from './adopted-value.ts';

/** Without a registry only what the Secret holds already is looked at. */
interface Sources {
  readonly registry?: Registry;
  readonly cluster: Cluster;
}

/**
 * What was found, with the values that must be written or compared; the application is ours.
 *
 * Before a client secret is revoked the Secret is read live, whatever its metadata proves.
 */
export async function withValues(desired: Desired, found: Observed, sources: Sources): Promise<Observed> {
  const isRevoking = rotationOf(desired, found).revoked.length > 0;
  const read = isRevoking ? await withSecretData(found, sources.cluster) : found;
  return withPrevious(desired, await withServed(desired, read, sources), sources);
}

async function withSecretData(found: Observed, cluster: Cluster): Promise<Observed> {
  const { secret, resource } = found;
  if (secret === undefined || 'data' in secret) return found;
  return { ...found, secret: await cluster.readSecret(resource, secret.name) };
}

/** The value to serve; of what an attempt left and nobody can read, the next. */
async function withServed(desired: Desired, found: Observed, sources: Sources): Promise<Observed> {
  const { served } = rotationOf(desired, found);
  if (served === undefined) return isToBeAdopted(desired, found) ? withAdoptedValue(desired, found, sources) : found;
  if (secretStanding(desired, found) === 'proven') return found;
  const { read, value } = await lookUp(desired, found, served, sources);
  if (value !== undefined) return { ...read, value };
  const known = { ...read, unreadable: [...(read.unreadable ?? []), served.id] };
  return rotationOf(desired, known).served?.id === served.id ? known : withServed(desired, known, sources);
}

/** Whether an application that was adopted, or brought back, has a client secret already, as far as nothing says otherwise. */
function isToBeAdopted({ application: { secretRequired } }: Desired, found: Observed): boolean {
  return secretRequired && isUnserved(found) && (found.provenance === 'Adopted' || isWithoutSecret(found));
}

/** The value that is or will be the previous one, where the Secret is to show it. */
async function withPrevious(desired: Desired, found: Observed, sources: Sources): Promise<Observed> {
  const { issue, previous } = rotationOf(desired, found);
  const isToBeWritten = issue !== undefined || secretStanding(desired, found) !== 'proven';
  const wanted = issue === undefined ? previous : accountForClientSecrets(desired, found).current;
  if (!showsPrevious(desired) || !isToBeWritten || wanted === undefined) return found;
  const { read, value } = await lookUp(desired, found, wanted, sources);
  return { ...read, previousValue: value };
}

/** A value, and what was found, with the Secret read if that was needed; `undefined`: nobody has it any more. */
async function lookUp(desired: Desired, found: Observed, wanted: ClientSecret, { registry, cluster }: Sources) {
  const value = await registry?.readClientSecret(found.application?.id ?? '', wanted.id);
  if (value !== undefined) return { read: found, value };
  const read = await withSecretData(found, cluster);
  return { read, value: heldValue(desired, read, wanted) };
}

/**
 * The value from the Secrets themselves, proven by the recorded fingerprint. Where the status is lost, the Secret's word is
 * all there is.
 */
function heldValue(
  { secret: { keys } }: Desired,
  found: Observed,
  wanted: ClientSecret,
): IssuedClientSecret | undefined {
  const recorded = found.resource.status.clientSecrets?.find(({ id }) => id === wanted.id)?.fingerprint;
  const [value] = ownSecrets(found).flatMap((each) =>
    'data' in each ? (valueIn(each, wanted, keys.clientSecret, recorded) ?? []) : [],
  );
  return value && { ...wanted, value };
}

function valueIn(secret: ObservedSecret, { id }: ClientSecret, key: string, fingerprint: string | undefined) {
  if (fingerprint !== undefined) return valueWith(fingerprint, secret);
  return secret.annotations[secretMarks.clientSecretID] === id ? valueUnder(key, secret) : undefined;
}
