/**
 * The actions on applications: ListApplications, CreateApplication and so on.
 *
 * @module
 */

import type { ApplicationSettings, ApplicationType, RegisteredApplication } from '../core/state.ts';
import { toTimestamp } from '../core/time.ts';
import { type Account, action, type Behaviour, existing } from './action.ts';
import {
  applicationName,
  applicationType,
  displayName,
  flag,
  list,
  protocolVersion,
  seconds,
  text,
} from './parameters.ts';
import { invalid, refusals } from './refusal.ts';
import { delegated } from './scopes.ts';

const accessTokenValidity = seconds(900, 10_800);
const refreshTokenValidity = seconds(7_200, 31_536_000);

/** All of the account, in one answer: the API has no pages here. */
export const listApplications = action({}, async (_, { replica, accountID }) => {
  const applications = await replica.list();
  return { Applications: { Application: applications.map((each) => described(each, accountID)) } };
});

/** By identifier alone: the API finds nothing by name. */
export const getApplication = action({ AppId: text }, async ({ AppId }, { replica, accountID }) => ({
  Application: described(existing(await replica.get(AppId)), accountID),
}));

/** `AppName` is mandatory: the documentation contradicts itself, and does not say which name there is without one. */
export const createApplication = action(
  {
    AppType: applicationType,
    AppName: applicationName,
    DisplayName: displayName,
    AccessTokenValidity: accessTokenValidity.default(3_600),
    RefreshTokenValidity: refreshTokenValidity.optional(),
    PredefinedScopes: list.default([]),
    RequiredScopes: list.default([]),
    RedirectUris: list.default([]),
    IsMultiTenant: flag.optional(),
    ProtocolVersion: protocolVersion.default('2.0'),
    SecretRequired: flag.default(false),
  },
  async (given, { registry, accountID, newID }) => {
    const type = given.AppType;
    const application = {
      name: given.AppName,
      type,
      protocolVersion: given.ProtocolVersion,
      displayName: given.DisplayName,
      accessTokenValiditySeconds: given.AccessTokenValidity,
      refreshTokenValiditySeconds: given.RefreshTokenValidity ?? defaultRefreshTokenValidity(type),
      redirectURIs: given.RedirectUris,
      scopes: given.PredefinedScopes,
      requiredScopes: given.RequiredScopes,
      multiTenant: given.IsMultiTenant ?? type !== 'Web',
      secretRequired: type !== 'Native' || given.SecretRequired,
    };
    return { Application: described(await registry.create(application, newID()), accountID) };
  },
);

/** What is absent stays as it is. */
export const updateApplication = action(
  {
    AppId: text,
    NewDisplayName: displayName.optional(),
    NewRedirectUris: list.optional(),
    NewPredefinedScopes: list.optional(),
    NewRequiredScopes: list.optional(),
    NewSecretRequired: flag.optional(),
    NewAccessTokenValidity: accessTokenValidity.optional(),
    NewRefreshTokenValidity: refreshTokenValidity.optional(),
    NewIsMultiTenant: flag.optional(),
  },
  async (given, { registry, accountID, behaviour }) => {
    const { type } = existing(await registry.get(given.AppId));
    const changes = present({
      displayName: given.NewDisplayName,
      accessTokenValiditySeconds: given.NewAccessTokenValidity,
      refreshTokenValiditySeconds: given.NewRefreshTokenValidity,
      redirectURIs: newRedirectURIs(given.NewRedirectUris, behaviour),
      scopes: given.NewPredefinedScopes,
      // New scopes are all optional at first; then the required ones are marked.
      requiredScopes: given.NewRequiredScopes ?? (given.NewPredefinedScopes && []),
      multiTenant: given.NewIsMultiTenant,
      secretRequired: type === 'Native' ? given.NewSecretRequired : undefined,
    });
    return { Application: described(await registry.update(given.AppId, changes), accountID) };
  },
);

/** With its client secrets and its provisioning, or not while there are any. */
export const deleteApplication = action({ AppId: text }, async ({ AppId }, account) => {
  existing(await account.registry.get(AppId));
  if (account.behaviour.deleteConflicts) await checkUnused(AppId, account);
  await account.registry.delete(AppId);
  return {};
});

async function checkUnused(applicationID: string, { registry, provisions }: Account): Promise<void> {
  if ((await registry.clientSecrets(applicationID)).length > 0) throw refusals.inUse('AppSecret');
  if ((await provisions.get(applicationID)) !== undefined) throw refusals.inUse('ProvisionInfo');
}

/** The application as the API shows it; lists stand in objects of their own, as XML once needed it. */
function described(application: RegisteredApplication, accountID: string) {
  const { type, scopes, requiredScopes, createTime } = application;
  return {
    AppId: application.id,
    AppName: application.name,
    AppType: `${type}App`,
    DisplayName: application.displayName,
    AccountId: accountID,
    AccessTokenValidity: application.accessTokenValiditySeconds,
    RefreshTokenValidity: application.refreshTokenValiditySeconds ?? defaultRefreshTokenValidity(type),
    SecretRequired: application.secretRequired,
    IsMultiTenant: application.multiTenant,
    ProtocolVersion: application.protocolVersion,
    CreateDate: toTimestamp(createTime),
    UpdateDate: toTimestamp(createTime),
    RedirectUris: { RedirectUri: application.redirectURIs },
    DelegatedScope: {
      PredefinedScopes: {
        PredefinedScope: scopes.map((scope) => ({ ...delegated(scope), Required: requiredScopes.includes(scope) })),
      },
    },
  };
}

/** Seconds. */
function defaultRefreshTokenValidity(type: ApplicationType): number {
  return type === 'Web' ? 7_776_000 : 2_592_000;
}

function newRedirectURIs(given: readonly string[] | undefined, { emptyRedirectURIs }: Behaviour) {
  if (given?.length !== 0 || emptyRedirectURIs === 'clear') return given;
  if (emptyRedirectURIs === 'refuse') throw invalid('NewRedirectUris', 'Format');
  return undefined;
}

function present(changes: { readonly [K in keyof ApplicationSettings]: ApplicationSettings[K] | undefined }) {
  return Object.fromEntries(
    Object.entries(changes).filter(([, value]) => value !== undefined),
  ) as Partial<ApplicationSettings>;
}
