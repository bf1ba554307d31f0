/**
 * The actions on client secrets, which the API calls app secrets: CreateAppSecret, GetAppSecret and so on.
 *
 * @module
 */

import type { ClientSecret, IssuedClientSecret } from '../core/state.ts';
import { toTimestamp } from '../core/time.ts';
import { action, existing } from './action.ts';
import { text } from './parameters.ts';
import { refusals } from './refusal.ts';

/** Each call issues a further one: the API knows no repetition. */
export const createAppSecret = action({ AppId: text }, async ({ AppId }, { registry, newID }) => ({
  AppSecret: withValue(AppId, await registry.issueClientSecret(AppId, newID())),
}));

/** Oldest first, without values. */
export const listAppSecretIDs = action({ AppId: text }, async ({ AppId }, { replica }) => {
  existing(await replica.get(AppId));
  const secrets = await replica.clientSecrets(AppId);
  return { AppSecrets: { AppSecret: secrets.map((secret) => described(AppId, secret)) } };
});

/** With the value, where such a thing is readable. */
export const getAppSecret = action(
  { AppId: text, AppSecretId: text },
  async ({ AppId, AppSecretId }, { replica, behaviour }) => {
    existing(await replica.get(AppId));
    const secret = await replica.readClientSecret(AppId, AppSecretId);
    if (secret === undefined) throw refusals.unknownClientSecret();
    return { AppSecret: behaviour.secretsReadable ? withValue(AppId, secret) : described(AppId, secret) };
  },
);

/** The last one may go, too. */
export const deleteAppSecret = action(
  { AppId: text, AppSecretId: text },
  async ({ AppId, AppSecretId }, { registry }) => {
    existing(await registry.get(AppId));
    const secrets = await registry.clientSecrets(AppId);
    if (!secrets.some(({ id }) => id === AppSecretId)) throw refusals.unknownClientSecret();
    await registry.deleteClientSecret(AppId, AppSecretId);
    return {};
  },
);

function described(applicationID: string, { id, createTime }: ClientSecret): object {
  return { AppId: applicationID, AppSecretId: id, CreateDate: toTimestamp(createTime) };
}

/** The answers that hold a value are made here and nowhere else. */
function withValue(applicationID: string, secret: IssuedClientSecret): object {
  return { ...described(applicationID, secret), AppSecretValue: secret.value.reveal() };
}
