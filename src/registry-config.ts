/**
 * The settings of `ramify registry`.
 *
 * @module
 */

import * as z from 'zod';
import { type Environment, type Flags, flag, hostAndPort, readSettings, store } from './config.ts';
import { Sensitive } from './core/sensitive.ts';
import { levels } from './log.ts';
import { setting } from './setting.ts';

const address = z
  .string()
  .regex(/^(\[[0-9a-f:]+\]|[^:[\]]+):\d{1,5}$/, 'must be HOST:PORT')
  .transform(hostAndPort)
  .refine(({ port }) => port <= 65_535, 'the port must be at most 65535');

const keyForm = /^(?<id>[\w-]{1,128}):(?<secret>[^\s:,]{1,128})(?::(?<token>[^\s:,]+))?$/;

/** An access key as it is written. What was given may be a secret, and is repeated in no message. */
const accessKey = z
  .string()
  .regex(keyForm, 'must be ID:SECRET, or ID:SECRET:TOKEN as STS lends it')
  .transform((text) => {
    const { id = '', secret = '', token } = keyForm.exec(text)?.groups ?? {};
    return { id, secret: new Sensitive(secret), securityToken: token === undefined ? undefined : new Sensitive(token) };
  });

/** Access keys, between which there are spaces, commas or ends of lines. */
export const accessKeys = z
  .union([z.string(), z.array(z.string())])
  .transform((lists) => [lists].flat().flatMap((list) => list.split(/[\s,]+/).filter((key) => key !== '')))
  .pipe(z.array(accessKey).min(1, 'must hold a key'));

/** The settings of `ramify registry`. */
export const registryConfig = z.strictObject({
  listen: setting(address.prefault('127.0.0.1:8082'), {
    value: '<host:port>',
    meaning: 'where the API is served, port 0 for any that is free',
  }),
  /** Path of the SQLite file. */
  store: setting(z.string('must be given').pipe(store), {
    value: '<sqlite:PATH>',
    meaning: 'the store to serve, held by one process at a time; made if it is missing',
  }),
  storeKeyFile: setting(z.string().optional(), {
    value: '<path>',
    meaning: "as the controller's",
    otherwise: "the store's path and .key",
  }),
  accessKey: setting(accessKeys.optional(), {
    value: '<id:secret...>',
    meaning: 'a key that requests are signed with, or several; on a shared machine better in a file or the variable',
    otherwise: 'one that is made at the start and told once',
  }),
  /** Path. */
  accessKeyFile: setting(z.string().optional(), { value: '<path>', meaning: 'a file with such keys, one on a line' }),
  /** Path of a PEM file; with {@link tlsKey} or not at all. */
  tlsCert: setting(z.string().optional(), { value: '<path>', meaning: 'certificate to serve over TLS with' }),
  tlsKey: setting(z.string().optional(), { value: '<path>', meaning: 'private key of that certificate' }),
  allowPlainHttp: setting(flag.default(false), {
    value: '[boolean]',
    meaning: 'whether client secrets may be served in clear elsewhere than on loopback',
  }),
  /** Path. */
  journal: setting(z.string().optional(), {
    value: '<file>',
    meaning: 'where each call is noted, a line of JSON for each',
    otherwise: 'nowhere',
  }),
  secretsReadable: setting(flag.default(true), {
    value: '<boolean>',
    meaning: 'whether GetAppSecret gives the value, or CreateAppSecret alone',
  }),
  emptyRedirects: setting(z.enum(['clear', 'ignore', 'refuse']).default('clear'), {
    value: '<outcome>',
    meaning: 'what comes of an empty NewRedirectUris: clear, ignore or refuse',
  }),
  deleteConflicts: setting(flag.default(false), {
    value: '[boolean]',
    meaning: 'whether DeleteApplication refuses one that has client secrets or is provisioned',
  }),
  /** Seconds. */
  consistencyDelay: setting(z.coerce.number().min(0).max(3_600).default(0), {
    value: '<seconds>',
    meaning: 'for which reads do not show a write',
  }),
  throttle: setting(z.coerce.number().positive().max(10_000).optional(), {
    value: '<calls>',
    meaning: 'that are carried out in a second; more are refused',
    otherwise: 'as many as come',
  }),
  logLevel: setting(z.enum(levels).default('info'), {
    value: '<level>',
    meaning: `the least level that is logged: ${levels.join(', ')}`,
  }),
});

const consistentConfig = registryConfig.refine(
  ({ tlsCert, tlsKey }) => (tlsCert === undefined) === (tlsKey === undefined),
  { path: ['tlsCert'], message: 'must be given together with --tls-key' },
);

/** What `ramify registry` runs with. */
export type RegistryConfig = Readonly<z.output<typeof registryConfig>>;

/**
 * Reads the configuration of the registry server. A flag counts before its variable.
 *
 * @throws ConfigError
 */
export function readRegistryConfig(flags: Flags, env: Environment): RegistryConfig {
  return readSettings(consistentConfig, flags, env);
}
