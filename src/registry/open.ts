/**
 * OAuthRegistry → Registry: the one line to add for a further kind of registry.
 *
 * @module
 */

import { RegistryError } from './errors.ts';
import type { Registry } from './registry.ts';

/** The registries that a process holds. */
export interface Holdings {
  /** The store that the controller was started with, if any. */
  readonly store: Registry | undefined;
}

/** The registry that an OAuthRegistry's spec names. Fails with a `RegistryError`. */
export async function openRegistry(
  { type }: { readonly type: 'Store' | 'AlibabaCloud' },
  { store }: Holdings,
): Promise<Registry> {
  switch (type) {
    case 'Store':
      if (store !== undefined) return store;
      throw new RegistryError('unavailable', 'the controller was started without --store', { operation: 'open' });
    case 'AlibabaCloud':
      throw new RegistryError('rejected', 'this version of ramify does not speak to Alibaba Cloud', {
        operation: 'open',
      });
  }
}
