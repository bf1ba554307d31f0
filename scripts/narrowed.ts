/**
 * Keeps out of the bundle what would be loaded at each start and is not used.
 *
 * @module
 */

import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import type { Plugin, PluginBuild } from 'esbuild';

/** @param root the checkout. */
export function narrowed(root: string): Plugin {
  return {
    name: 'narrowed',
    setup: (bundling) => {
      narrowNode(bundling);
      narrowUndici(bundling, root);
      narrowPromClient(bundling);
    },
  };
}

/**
 * Of Node's own modules nothing is read but what is used. An `import` of one reads each of its exports once, and that loads
 * what nobody asked for, such as a WebSocket with `node:http`.
 */
function narrowNode({ onResolve, onLoad }: PluginBuild): void {
  const namespace = 'node';
  onResolve({ filter: /./ }, ({ path, kind }) =>
    isBuiltin(path) && kind === 'import-statement' ? { path, namespace } : undefined,
  );
  onLoad({ filter: /./, namespace }, ({ path }) => ({
    contents: readingOneByOne(path, Object.keys(process.getBuiltinModule(path) ?? {})),
  }));
}

/** A module whose exports are left out where they are not used: that they are pure says that to read one has no other effect. */
function readingOneByOne(path: string, names: readonly string[]): string {
  const exported = names.filter((name) => /^\w+$/.test(name) && name !== 'default');
  return [
    `const all = /* @__PURE__ */ process.getBuiltinModule('${path}');`,
    'export default all;',
    ...exported.map(
      (name) => `const _${name} = /* @__PURE__ */ (() => all.${name})(); export { _${name} as ${name} };`,
    ),
  ].join('\n');
}

/** Of undici what `src/` uses: its own entry loads a browser's fetch, caches and mocks as well, 0.4 MB in all. */
function narrowUndici({ onResolve, onLoad }: PluginBuild, root: string): void {
  const namespace = 'undici';
  const contents = `
    Object.assign(require('undici/lib/dispatcher/dispatcher').prototype, require('undici/lib/api'));
    exports.Pool = require('undici/lib/dispatcher/pool');
    exports.buildConnector = require('undici/lib/core/connect');`;
  // The client library that reads kubeconfigs uses other parts of it.
  onResolve({ filter: /^undici$/ }, ({ path, importer }) =>
    importer.startsWith(join(root, 'src')) ? { path, namespace } : undefined,
  );
  onLoad({ filter: /./, namespace }, () => ({ resolveDir: root, contents }));
}

/** Of prom-client no exemplars, no push gateway, and no cluster of processes. */
function narrowPromClient({ onLoad }: PluginBuild): void {
  const unused = /node_modules\/(@opentelemetry\/api|prom-client\/lib\/(pushgateway|cluster))[./]/;
  onLoad({ filter: unused }, () => ({ contents: '' }));
}
