/**
 * The actions on provisioning, the consent of an account to an application: ProvisionApplication and so on.
 *
 * Only the account's own applications are known. A second consent takes the place of the first.
 *
 * @module
 */

import * as z from 'zod';
import type { RegisteredApplication } from '../core/state.ts';
import type { Provision } from '../registry/store/provisions.ts';
import { type Account, action, existing } from './action.ts';
import { list, text } from './parameters.ts';
import { refusals } from './refusal.ts';
import { delegated } from './scopes.ts';

/** Without scopes: all of the application's; of those that are given, the ones it has. `openid` is always among them. */
export const provisionApplication = action(
  { AppId: text, Scopes: list.optional() },
  async ({ AppId, Scopes }, account) => {
    const application = existing(await account.registry.get(AppId));
    const scopes = application.scopes.filter((scope) => scope === 'openid' || (Scopes?.includes(scope) ?? true));
    const provision = await account.provisions.set(AppId, scopes);
    return { ApplicationProvisionInfo: described(provision, application, account) };
  },
);

/** Refused where there is no consent, as {@link getApplicationProvisionInfo} is. */
export const deprovisionApplication = action({ AppId: text }, async ({ AppId }, account) => {
  await provisioned(AppId, account);
  await account.provisions.delete(AppId);
  return {};
});

/** The consent to one application. */
export const getApplicationProvisionInfo = action({ AppId: text }, async ({ AppId }, account) => ({
  ApplicationProvisionInfo: await provisioned(AppId, account),
}));

/** Of applications of other accounts (`external`) there are none. */
export const listApplicationProvisionInfos = action(
  { SourceType: z.enum(['inner', 'external']).default('inner') },
  async ({ SourceType: source }, account) => {
    const provisions = source === 'inner' ? await account.provisions.list() : [];
    const applications = new Map((await account.registry.list()).map((each) => [each.id, each]));
    const infos = provisions.flatMap((provision) => {
      const application = applications.get(provision.applicationID);
      return application === undefined ? [] : [described(provision, application, account)];
    });
    return { ApplicationProvisionInfos: { ApplicationProvisionInfo: infos } };
  },
);

async function provisioned(applicationID: string, account: Account): Promise<object> {
  const application = existing(await account.registry.get(applicationID));
  const provision = await account.provisions.get(applicationID);
  if (provision === undefined) throw refusals.notProvisioned();
  return described(provision, application, account);
}

/** Its dates are in milliseconds, as text, and not in the form of all others. */
function described(
  { scopes, createTime, updateTime }: Provision,
  { id, name, displayName }: RegisteredApplication,
  { accountID }: Account,
): object {
  return {
    AccountId: accountID,
    TenantId: accountID,
    AppId: id,
    AppName: name,
    AppPrincipalName: `${name}@app.${accountID}.onaliyun.com`,
    DisplayName: displayName,
    CreateDate: String(createTime),
    UpdateDate: String(updateTime),
    DelegatedScope: { PredefinedScopes: { PredefinedScope: scopes.map(delegated) } },
  };
}
