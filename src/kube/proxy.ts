/**
 * Which HTTP proxy leads to the cluster, by the variables that other clients obey (as Go's `httpproxy` reads them).
 *
 * @module
 */

import { BlockList, isIP } from 'node:net';
import { ConnectionError } from './connection.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy of `HTTPS_PROXY` (of `HTTP_PROXY` where the server has no TLS), unless `NO_PROXY` names the server; upper case
 * counts before lower case. The loopback is never behind a proxy.
 *
 * @throws ConnectionError `badProxy`
 */
export function proxyFor(server: URL, env: Environment): URL | undefined {
  const name = server.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const proxy = variable(env, name);
  if (proxy === '' || isLoopback(hostOf(server)) || isExempt(server, variable(env, 'NO_PROXY'))) return undefined;
  return proxyURL(proxy, name);
}

/**
 * The proxy that `text` names; without a scheme it is `http`.
 *
 * @param source what messages call it: the text may hold a password
 * @throws ConnectionError `badProxy`
 */
export function proxyURL(text: string, source: string): URL {
  const whole = text.includes('://') ? text : `http://${text}`;
  const { protocol, host } = URL.canParse(whole) ? new URL(whole) : { protocol: '', host: '' };
  if (host !== '' && /^https?:$/.test(protocol)) return new URL(whole);
  throw new ConnectionError('badProxy', `${source} is not the URL of an HTTP proxy`);
}

function variable(env: Environment, name: string): string {
  return env[name] || env[name.toLowerCase()] || '';
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || contains('127.0.0.0', 8, host) || host === '::1';
}

/** `NO_PROXY`: `*`, addresses, CIDRs, and domains with all below them (below them alone after a dot), each with or without a port. */
function isExempt(server: URL, list: string): boolean {
  const host = hostOf(server);
  const port = server.port || (server.protocol === 'https:' ? '443' : '80');
  const entries = list
    .toLowerCase()
    .split(',')
    .map((entry) => entry.trim());
  return entries.some((entry) => entry !== '' && (entry === '*' || covers(entry, host, port)));
}

function covers(entry: string, host: string, port: string): boolean {
  const [address = '', bits] = entry.split('/');
  if (bits !== undefined) return /^\d+$/.test(bits) && contains(address, Number(bits), host);
  const parts = /^(?<name>\[.+\]|[^:]+):(?<only>\d+)$/.exec(entry)?.groups;
  if (parts?.['only'] !== undefined && parts['only'] !== port) return false;
  const name = (parts?.['name'] ?? entry).replace(/^\[|\]$/g, '').replace(/^\*\./, '.');
  if (isIP(name) !== 0) return contains(name, isIP(name) === 4 ? 32 : 128, host);
  return name.startsWith('.') ? host.endsWith(name) : host === name || host.endsWith(`.${name}`);
}

/** Whether an address is in that network; a name, or an address of the other family, is not. */
function contains(network: string, bits: number, host: string): boolean {
  const family = isIP(network);
  if (family === 0 || isIP(host) !== family || !(bits >= 0 && bits <= (family === 4 ? 32 : 128))) return false;
  const list = new BlockList();
  list.addSubnet(network, bits, family === 4 ? 'ipv4' : 'ipv6');
  return list.check(host, family === 4 ? 'ipv4' : 'ipv6');
}

/** Lower case, and without the brackets of an IPv6 address. */
function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}
