/**
 * Preloaded into a controller: each name that it looks up and each address that it connects to becomes a line of its output.
 *
 * @module
 */

import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';

/** How such a line begins; what follows is a name, or `host:port`. */
const call = 'canary: ';

function tell(what: unknown): void {
  process.stdout.write(`${call}${String(what)}\n`);
}

/** Every function of the module that asks for a name, told with what it asks for. */
function watch(module: object): void {
  for (const [name, ask] of Object.entries(module)) {
    if (typeof ask !== 'function' || !/^(lookup|resolve|reverse)/.test(name)) continue;
    Reflect.set(module, name, (...args: unknown[]) => {
      tell(args[0]);
      return Reflect.apply(ask as (...of: unknown[]) => unknown, module, args);
    });
  }
}

watch(dns);
watch(dns.promises);
const { connect } = net.Socket.prototype;
Reflect.set(net.Socket.prototype, 'connect', function told(this: net.Socket, ...args: unknown[]) {
  const [first] = args.flat();
  const { host = 'localhost', port, path } = Object(first) as net.TcpNetConnectOpts & { readonly path?: string };
  tell(path ?? `${host}:${port}`);
  return Reflect.apply(connect, this, args);
});
syncBuiltinESMExports();
