/**
 * OAuthRegistry → Registry: the one line to add for a further kind of registry.
 *
 * @module
 */

import { isDeepStrictEqual } from 'node:util';
import { RegistryError } from './errors.ts';
import type { AlibabaCloudSpec, RateSpec, Surroundings } from './ims/open.ts';
import type { Registry } from './registry.ts';

/** What the spec of an OAuthRegistry says of where its applications are. */
export interface RegistrySpec {
  readonly type: 'Store' | 'AlibabaCloud';
  readonly alibabaCloud?: AlibabaCloudSpec | undefined;
  readonly rateLimit?: RateSpec | undefined;
}

/** What registries are made of in this process. */
export interface Holdings {
  /** The store that the controller was started with, if any; while this process does not lead it is not open. */
  readonly store: () => Registry | undefined;
  readonly surroundings: Surroundings;
}

/** The registry behind the spec of the OAuthRegistry `name`: the same one until the spec changes. Fails with a `RegistryError`. */
export type OpenRegistry = (spec: RegistrySpec, name: string) => Promise<Registry>;

/** Nothing is open yet. */
export function registryOpener(holdings: Holdings): OpenRegistry {
  const accounts = new Map<string, { readonly spec: RegistrySpec; readonly registry: Promise<Registry> }>();

  function account(spec: RegistrySpec, alibabaCloud: AlibabaCloudSpec, name: string): Promise<Registry> {
    const known = accounts.get(name);
    if (known !== undefined && isDeepStrictEqual(known.spec, spec)) return known.registry;
    // Loaded by those alone who need it.
    const registry = import('./ims/open.ts').then(({ openIms }) =>
      openIms(alibabaCloud, spec.rateLimit, holdings.surroundings),
    );
    accounts.set(name, { spec, registry });
    return registry;
  }

  return async (spec, name) => {
    if (spec.type === 'AlibabaCloud' && spec.alibabaCloud !== undefined) return account(spec, spec.alibabaCloud, name);
    const store = holdings.store();
    if (store !== undefined) return store;
    throw new RegistryError('unavailable', 'the controller was started without --store', { operation: 'open' });
  };
}
