/**
 * An account behind the wire format of Alibaba Cloud's IMS API 2019-08-15, which is also where clients learn whose
 * credentials they have (STS, 2015-04-01).
 *
 * It is written from the API's documentation and made for no client in particular. What the documentation leaves open is
 * said where it is decided, and `docs/registry-server.md` lists it.
 *
 * @module
 */

import { RegistryError } from '../registry/errors.ts';
import { type Account, type Action, action, type Outcome } from './action.ts';
import { createAppSecret, deleteAppSecret, getAppSecret, listAppSecretIDs } from './app-secrets.ts';
import {
  createApplication,
  deleteApplication,
  getApplication,
  listApplications,
  updateApplication,
} from './applications.ts';
import {
  deprovisionApplication,
  getApplicationProvisionInfo,
  listApplicationProvisionInfos,
  provisionApplication,
} from './provisions.ts';
import { Refusal, refusals } from './refusal.ts';
import type { Call } from './request.ts';
import { listPredefinedScopes } from './scopes.ts';

/** All access keys are of the account itself. */
const getCallerIdentity = action({}, async (_, { accountID }) => ({
  IdentityType: 'Account',
  AccountId: accountID,
  PrincipalId: accountID,
  UserId: accountID,
  Arn: `acs:ram::${accountID}:root`,
}));

/** The actions of each version. */
const versions: Readonly<Record<string, Readonly<Record<string, Action>>>> = {
  '2019-08-15': {
    ListApplications: listApplications,
    CreateApplication: createApplication,
    GetApplication: getApplication,
    UpdateApplication: updateApplication,
    DeleteApplication: deleteApplication,
    CreateAppSecret: createAppSecret,
    GetAppSecret: getAppSecret,
    ListAppSecretIds: listAppSecretIDs,
    DeleteAppSecret: deleteAppSecret,
    ListPredefinedScopes: listPredefinedScopes,
    ProvisionApplication: provisionApplication,
    DeprovisionApplication: deprovisionApplication,
    GetApplicationProvisionInfo: getApplicationProvisionInfo,
    ListApplicationProvisionInfos: listApplicationProvisionInfos,
  },
  '2015-04-01': { GetCallerIdentity: getCallerIdentity },
};

/**
 * Carries a call out; gives what the answer holds beside the request's ID.
 *
 * @throws Refusal, or the fault that there is no refusal for
 */
export async function perform({ version, action: name, parameters }: Call, account: Account): Promise<Outcome> {
  const actions = Object.hasOwn(versions, version) ? versions[version] : undefined;
  const chosen = actions !== undefined && Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (chosen === undefined) throw refusals.unknownAction();
  return chosen(parameters, account).catch((error: unknown) => {
    throw error instanceof RegistryError ? inWordsOfTheAPI(error) : error;
  });
}

/** The registry keeps more rules than are documented: what breaks one of those is told in its own sentence. */
function inWordsOfTheAPI(error: RegistryError): Refusal {
  switch (error.code) {
    case 'absent':
      return refusals.unknownApplication();
    case 'nameTaken':
      return refusals.nameTaken();
    case 'quotaExceeded':
      return refusals.tooManyApplications();
    case 'slotsExhausted':
      return refusals.tooManyClientSecrets();
    case 'rejected':
      return new Refusal(400, 'InvalidParameter', error.message);
    case 'unavailable':
    case 'uncertain':
    case 'throttled':
    case 'denied':
      return refusals.unavailable(error);
  }
}
