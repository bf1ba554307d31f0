/**
 * Loaded into a controller under test: it takes the account's reads to miss a write for seconds at most, not for a minute.
 *
 * That much of what is waited for by design no OAuthRegistry sets; the server behind it shows each write at once.
 *
 * @module
 */

import { registerHooks } from 'node:module';
import { openIms as openReal } from '../../../src/registry/ims/open.ts';

/** Milliseconds. */
const consistencyWindow = 5_000;

const real = new URL('../../../src/registry/ims/open.ts', import.meta.url).href;

registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context);
    return found.url === real ? { ...found, url: import.meta.url } : found;
  },
});

export const openIms: typeof openReal = (spec, rate, surroundings) =>
  openReal(spec, rate, { ...surroundings, consistencyWindow });
