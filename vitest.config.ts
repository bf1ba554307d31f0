/**
 * Two projects: `unit` is pure and its files share their process; `integration` runs against a real API server, and against
 * sockets, files and processes.
 *
 * @module
 */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** By default one core is left idle; here there may be no more than two. */
const maxWorkers = '100%';
/** More than there are cores: half of what these tests do is to wait, for servers that start and for times that pass. */
const waitingWorkers = '200%';
/** Programs under test start from sources, again and again: what Node made of them is kept. */
const compileCache = fileURLToPath(new URL('node_modules/.cache/node-compile', import.meta.url));

/** CommonJS packages look as they look to Node: their default export is `module.exports`. */
const deps = { interopDefault: false };

export default defineConfig({
  test: {
    coverage: { provider: 'v8', include: ['src/**/*.ts'], reporter: ['text-summary', 'html'] },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.integration.test.ts'],
          isolate: false,
          pool: 'threads',
          maxWorkers,
          deps,
          // None takes long; a machine that is busy may be slow.
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/**/*.integration.test.ts'],
          maxWorkers: waitingWorkers,
          deps,
          globalSetup: ['test/controlplane/shared.ts'],
          env: { NODE_COMPILE_CACHE: compileCache },
          // None is a measurement: a machine that is busy may be ten times as slow.
          testTimeout: 180_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
