/**
 * How the image starts the bundle, so that whoever starts it without an image does the same.
 *
 * @module
 */

import { readFileSync } from 'node:fs';

const dockerfile = readFileSync(new URL('../../Dockerfile', import.meta.url), 'utf8');
const entrypoint: readonly string[] = JSON.parse(/^ENTRYPOINT (.+)$/m.exec(dockerfile)?.[1] ?? '[]');

/** What the image tells Node itself: all between it and the bundle. */
export const nodeFlags = entrypoint.slice(1, -1);
