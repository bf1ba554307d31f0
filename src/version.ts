/**
 * The version of ramify.
 *
 * @module
 */

import manifest from '../package.json' with { type: 'json' };

/** As package.json has it, such as `0.1.0`. */
export const version: string = manifest.version;
