/**
 * Flags + environment → one frozen configuration, with every problem at once.
 *
 * @module
 */

import * as z from 'zod';
import { durationSeconds, isDuration } from './api/duration.ts';
import { isPossible } from './kube/lease.ts';
import { levels } from './log.ts';
import { flagOf, setting, variableOf } from './setting.ts';

const address = z
  .string()
  .regex(/^(0|(\[[0-9a-f:]+\]|[^:[\]]+):\d{1,5})$/, 'must be HOST:PORT, or 0 for none')
  .transform((text) => (text === '0' ? undefined : hostAndPort(text)))
  .refine((parts) => (parts?.port ?? 0) <= 65_535, 'the port must be at most 65535');

/** The path of a SQLite file. */
export const store = z
  .string()
  .regex(/^sqlite:./, 'must be sqlite:PATH')
  .transform((text) => text.slice('sqlite:'.length));

/** Seconds. */
const leaseTime = z
  .string()
  .refine(isDuration, 'must be whole minutes and seconds, such as 15s')
  .transform((text) => (isDuration(text) ? durationSeconds(text) : 0));

/** Yes or no; a flag without a value is yes. */
export const flag = z.union(
  [z.boolean(), z.stringbool({ truthy: ['true'], falsy: ['false'] })],
  'must be true or false',
);

/** Names that a comma separates, or several such lists. An empty list is no way to say "all". */
const namespaces = z
  .union([z.string(), z.array(z.string())])
  .transform((lists) => [lists].flat().flatMap((list) => list.split(',').map((name) => name.trim())))
  .pipe(z.array(z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'must be names of namespaces, such as a,b')))
  .transform((names) => [...new Set(names)]);

/** The settings of `ramify controller`. */
export const controllerConfig = z.strictObject({
  kubeconfig: setting(z.string().optional(), {
    value: '<path>',
    meaning: 'kubeconfig of the cluster',
    otherwise: "KUBECONFIG, the pod's service account, ~/.kube/config",
  }),
  context: setting(z.string().optional(), {
    value: '<name>',
    meaning: 'context of the kubeconfig',
    otherwise: 'its current one',
  }),
  namespaces: setting(namespaces.optional(), {
    value: '<names...>',
    meaning: 'the only namespaces whose applications are kept: a,b or given more than once',
    otherwise: 'all',
  }),
  /** Path of the SQLite file; without one, registries of type Store are not ready. */
  store: setting(store.optional(), {
    value: '<sqlite:PATH>',
    meaning: 'the store behind registries of type Store, held by one process at a time',
    otherwise: 'none, and such registries are not ready',
  }),
  /** Path of the file with the keys that seal client secrets. */
  storeKeyFile: setting(z.string().optional(), {
    value: '<path>',
    meaning: 'keys that seal client secrets, mode 0600, made with a new store; back it up apart from the store',
    otherwise: "the store's path and .key",
  }),
  /** `undefined`: not served. */
  healthAddress: setting(address.prefault('127.0.0.1:8081'), {
    value: '<host:port>',
    meaning: 'where /healthz and /readyz are served, 0 for nowhere',
  }),
  /** `undefined`: not served, and nothing is counted. */
  metricsAddress: setting(address.prefault('127.0.0.1:8080'), {
    value: '<host:port>',
    meaning: 'where /metrics is served, 0 for nowhere; not on loopback: over TLS, to whom the API server lets',
  }),
  /** Path of a PEM file; with {@link metricsKeyFile} or not at all. */
  metricsCertFile: setting(z.string().optional(), {
    value: '<path>',
    meaning: 'certificate of /metrics where it is not on loopback; read again when it changes',
    otherwise: 'one made at the start, which nobody vouches for',
  }),
  metricsKeyFile: setting(z.string().optional(), { value: '<path>', meaning: 'private key of that certificate' }),
  leaderElect: setting(flag.optional(), {
    value: '[boolean]',
    meaning: 'whether this is one of several replicas, of which one works',
    otherwise: 'true in a pod, else false',
  }),
  leaseNamespace: setting(z.string().optional(), {
    value: '<name>',
    meaning: 'namespace of the Lease that replicas elect by',
    otherwise: "the pod's or the context's",
  }),
  leaseName: setting(z.string().default('ramify-controller'), { value: '<name>', meaning: 'name of that Lease' }),
  leaseDuration: setting(leaseTime.prefault('15s'), {
    value: '<time>',
    meaning: 'after which the Lease of a dead leader is taken',
  }),
  leaseRenewDeadline: setting(leaseTime.prefault('10s'), {
    value: '<time>',
    meaning: 'for which a leader goes on without a renewal; then it exits with 1',
  }),
  leaseRetryPeriod: setting(leaseTime.prefault('2s'), { value: '<time>', meaning: 'between two renewals' }),
  concurrency: setting(z.coerce.number().int().min(1).max(128).default(16), {
    value: '<n>',
    meaning: 'applications worked on at once, 1 to 128',
  }),
  logLevel: setting(z.enum(levels).default('info'), {
    value: '<level>',
    meaning: `the least level that is logged: ${levels.join(', ')}`,
  }),
});

const consistentConfig = controllerConfig
  .refine(
    ({ leaseDuration, leaseRenewDeadline: renewDeadline, leaseRetryPeriod: retryPeriod }) =>
      isPossible({ leaseDuration, renewDeadline, retryPeriod }),
    {
      path: ['leaseDuration'],
      message: 'must be more than --lease-renew-deadline, and that more than 1.2 times --lease-retry-period',
    },
  )
  .refine(({ metricsCertFile, metricsKeyFile }) => (metricsCertFile === undefined) === (metricsKeyFile === undefined), {
    path: ['metricsCertFile'],
    message: 'must be given together with --metrics-key-file',
  });

/** Path of the SQLite file. */
const heldStore = setting(z.string('must be given').pipe(store), {
  value: '<sqlite:PATH>',
  meaning: 'the store, as the controller has it',
});

/** The settings of `ramify store reseal`. */
export const resealConfig = z.strictObject({ store: heldStore });

/** The settings of `ramify store backup`. */
export const backupConfig = z.strictObject({
  store: heldStore,
  storeKeyFile: setting(z.string().optional(), {
    value: '<path>',
    meaning: "as the controller's; read only where no controller holds the store",
    otherwise: "the store's path and .key",
  }),
  /** The file to write. */
  to: setting(z.string('must be given').min(1, 'must be a path'), {
    value: '<file>',
    meaning: 'the backup; a file that is not there yet',
  }),
});

/** What `ramify store backup` works with. */
export type BackupConfig = Readonly<z.output<typeof backupConfig>>;

/** What `ramify store reseal` works with. */
export type ResealConfig = Readonly<z.output<typeof resealConfig>>;

/** What `ramify controller` runs with. */
export type ControllerConfig = Readonly<z.output<typeof controllerConfig>>;

/** The flags or variables are wrong; the message names every problem. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** What the flag of that name says cannot be used: a file that cannot be read, an address that is taken. */
export function unusable(name: string, error: unknown): ConfigError {
  return new ConfigError(`--${name}: cannot be used: ${error instanceof Error ? error.message : String(error)}`);
}

export type Flags = Readonly<Record<string, unknown>>;
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the controller's configuration. A flag counts before its variable: `--log-level` before `RAMIFY_LOG_LEVEL`.
 *
 * @throws ConfigError
 */
export function readControllerConfig(flags: Flags, env: Environment): ControllerConfig {
  return readSettings(consistentConfig, flags, env);
}

/** Reads what a backup is made of, likewise. */
export function readBackupConfig(flags: Flags, env: Environment): BackupConfig {
  return readSettings(backupConfig, flags, env);
}

/** Reads which store is to be sealed anew, likewise. */
export function readResealConfig(flags: Flags, env: Environment): ResealConfig {
  return readSettings(resealConfig, flags, env);
}

/**
 * Reads the settings of a schema.
 *
 * @throws ConfigError
 */
export function readSettings<T extends z.ZodObject>(schema: T, flags: Flags, env: Environment): Readonly<z.output<T>> {
  const names = Object.keys(schema.shape);
  const values = names.map((name) => [name, flags[name] ?? env[variableOf(name)]]);
  const result = schema.safeParse(Object.fromEntries(values.filter(([, value]) => value !== undefined)));
  if (result.success) return Object.freeze(result.data);
  const problems = result.error.issues.map(({ path, message }) => `${flagOf(String(path[0]))}: ${message}`);
  throw new ConfigError(problems.join('; '));
}

/** `[::1]:8080` → its parts. */
export function hostAndPort(text: string): { readonly host: string; readonly port: number } {
  const colon = text.lastIndexOf(':');
  return { host: text.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(text.slice(colon + 1)) };
}
