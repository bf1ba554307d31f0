/**
 * Two projects: `unit` is pure and its files share their process; `integration` runs against a real API server, and against
 * sockets, files and processes.
 *
 * @module
 */
import { defineConfig } from 'vitest/config';

/** By default one core is left idle; here there may be no more than two. */
const maxWorkers = '100%';

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
          maxWorkers,
          deps,
          globalSetup: ['test/controlplane/shared.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
