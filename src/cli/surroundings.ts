/**
 * What registries elsewhere need of this process: its environment, Secrets of its namespace, time, and whether it leads.
 *
 * @module
 */

import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import * as kinds from '../cluster/kinds.ts';
import type { SecretObject } from '../cluster/reading.ts';
import { Sensitive } from '../core/sensitive.ts';
import { systemClock } from '../kube/clock.ts';
import { objectPath } from '../kube/path.ts';
import type { Transport } from '../kube/transport.ts';
import { openLimiters } from '../registry/ims/limiter.ts';
import type { Surroundings } from '../registry/ims/open.ts';
import { version } from '../version.ts';

interface Options {
  readonly env: NodeJS.ProcessEnv;
  readonly transport: Pick<Transport, 'get'>;
  /** The controller's own namespace. */
  readonly namespace: string;
  readonly isLeading: () => boolean;
}

/** Nothing is read before it is needed. */
export function surroundingsOf({ env, transport, namespace, isLeading }: Options): Surroundings {
  const monotonic = systemClock.now;
  return {
    env,
    readSecret: async (name) => {
      const found = await transport.get<SecretObject>(objectPath(kinds.secrets, { namespace, name }));
      return found && decoded(found.data ?? {});
    },
    readFile: (path) => readFile(path, 'utf8'),
    clock: Date.now,
    monotonic,
    limiterOf: openLimiters({ monotonic, sleep: (milliseconds) => sleep(milliseconds) }),
    mayWrite: isLeading,
    userAgent: `ramify/${version}`,
  };
}

function decoded(data: Readonly<Record<string, string>>): Readonly<Record<string, Sensitive>> {
  const values = Object.entries(data).map(
    ([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')] as const,
  );
  return Object.fromEntries(values.map(([key, value]) => [key, new Sensitive(value)]));
}
