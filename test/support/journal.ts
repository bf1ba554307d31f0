/**
 * Loaded into a controller under test: its store is the one that keeps a journal.
 *
 * @module
 */

import { registerHooks } from 'node:module';

const real = new URL('../../src/registry/store/store.ts', import.meta.url).href;
const journaled = new URL('journaled-store.ts', import.meta.url).href;

registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context);
    return found.url === real && context.parentURL !== journaled ? { ...found, url: journaled } : found;
  },
});
