/**
 * Flags + environment → one frozen configuration, with every problem at once.
 *
 * @module
 */

import { z } from 'zod';
import { durationSeconds, isDuration } from './api/duration.ts';
import { isPossible } from './kube/lease.ts';
import { levels } from './log.ts';

const address = z
  .string()
  .regex(/^(0|(\[[0-9a-f:]+\]|[^:[\]]+):\d{1,5})$/, 'must be HOST:PORT, or 0 for none')
  .transform((text) => (text === '0' ? undefined : hostAndPort(text)))
  .refine((parts) => (parts?.port ?? 0) <= 65_535, 'the port must be at most 65535');

const store = z
  .string()
  .regex(/^sqlite:./, 'must be sqlite:PATH')
  .transform((text) => text.slice('sqlite:'.length));

/** Seconds. */
const leaseTime = z
  .string()
  .refine(isDuration, 'must be whole minutes and seconds, such as 15s')
  .transform((text) => (isDuration(text) ? durationSeconds(text) : 0));

const flag = z.union([z.boolean(), z.stringbool({ truthy: ['true'], falsy: ['false'] })], 'must be true or false');

const controllerConfig = z.strictObject({
  kubeconfig: z.string().optional(),
  context: z.string().optional(),
  /** Path of the SQLite file; without one, registries of type Store are not ready. */
  store: store.optional(),
  /** Path of the file with the keys that seal client secrets; beside the store by default. */
  storeKeyFile: z.string().optional(),
  /** `undefined`: not served. */
  healthAddress: address.prefault('127.0.0.1:8081'),
  /** Whether this is one of several replicas, of which one leads; by default it is where it runs in a pod. */
  leaderElect: flag.optional(),
  /** By default the pod's, or the context's. */
  leaseNamespace: z.string().optional(),
  leaseName: z.string().default('ramify-controller'),
  leaseDuration: leaseTime.prefault('15s'),
  leaseRenewDeadline: leaseTime.prefault('10s'),
  leaseRetryPeriod: leaseTime.prefault('2s'),
  /** How many applications are worked on at once. */
  concurrency: z.coerce.number().int().min(1).max(128).default(16),
  logLevel: z.enum(levels).default('info'),
});

const consistentConfig = controllerConfig.refine(
  ({ leaseDuration, leaseRenewDeadline: renewDeadline, leaseRetryPeriod: retryPeriod }) =>
    isPossible({ leaseDuration, renewDeadline, retryPeriod }),
  {
    path: ['leaseDuration'],
    message: 'must be more than --lease-renew-deadline, and that more than 1.2 times --lease-retry-period',
  },
);

const backupConfig = z.strictObject({
  /** Path of the SQLite file. */
  store: z.string('must be given').pipe(store),
  /** As the controller's; read only where no controller holds the store. */
  storeKeyFile: z.string().optional(),
  /** The file to write. */
  to: z.string('must be given').min(1, 'must be a path'),
});

/** What `ramify store backup` works with. */
export type BackupConfig = Readonly<z.output<typeof backupConfig>>;

/** What `ramify controller` runs with. */
export type ControllerConfig = Readonly<z.output<typeof controllerConfig>>;

/** The flags or variables are wrong; the message names every problem. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

type Flags = Readonly<Record<string, unknown>>;
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the controller's configuration. A flag counts before its variable: `--log-level` before `RAMIFY_LOG_LEVEL`.
 *
 * @throws ConfigError
 */
export function readControllerConfig(flags: Flags, env: Environment): ControllerConfig {
  return read(consistentConfig, flags, env);
}

/** Reads what a backup is made of, likewise. */
export function readBackupConfig(flags: Flags, env: Environment): BackupConfig {
  return read(backupConfig, flags, env);
}

function read<T extends z.ZodObject>(schema: T, flags: Flags, env: Environment): Readonly<z.output<T>> {
  const names = Object.keys(schema.shape);
  const values = names.map((name) => [name, flags[name] ?? env[variableOf(name)]]);
  const result = schema.safeParse(Object.fromEntries(values.filter(([, value]) => value !== undefined)));
  if (result.success) return Object.freeze(result.data);
  const problems = result.error.issues.map(({ path, message }) => `${flagOf(String(path[0]))}: ${message}`);
  throw new ConfigError(problems.join('; '));
}

/** `logLevel` → `--log-level`. */
export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** `logLevel` → `RAMIFY_LOG_LEVEL`. */
function variableOf(name: string): string {
  return `RAMIFY_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

function hostAndPort(text: string): { readonly host: string; readonly port: number } {
  const colon = text.lastIndexOf(':');
  return { host: text.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(text.slice(colon + 1)) };
}
