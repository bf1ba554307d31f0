/**
 * Requests and answers as the documentation of the IMS API 2019-08-15 shows them.
 *
 * @module
 */

/** The application of CreateApplication's, GetApplication's and UpdateApplication's sample answers. */
export const documentedApplication = {
  AppId: '4724570903440410001',
  AppName: 'myapp',
  AppType: 'WebApp',
  DisplayName: 'myapp',
  AccountId: '177242285274****',
  AccessTokenValidity: 3600,
  RefreshTokenValidity: 7776000,
  SecretRequired: true,
  IsMultiTenant: false,
  ProtocolVersion: '2.0',
  CreateDate: '2020-10-23T08:06:57Z',
  UpdateDate: '2020-10-23T08:06:57Z',
  RedirectUris: { RedirectUri: ['https://www.example.com/cb'] },
  DelegatedScope: {
    PredefinedScopes: {
      PredefinedScope: [
        {
          Name: 'openid',
          Description: 'Obtain the OpenID of the user. This is the default permission that you cannot remove.',
          Required: true,
        },
      ],
    },
  },
};

const RequestId = '6616F09B-2768-4C11-8866-A8EE4C4A583E';

export const documentedSecret = {
  AppId: '4724570903440410001',
  AppSecretId: '848bf6b8-1a1d-4a3b-9f5c-2e6f0f3d9c11',
  AppSecretValue: 'a8Xk2mPq7Rt5Vw9Yb3Nc6Df1Gh4Jl0ZsQeUiOpTyErWaSdFgHjKlZxCvBnMqWe12',
  CreateDate: '2020-10-23T08:06:57Z',
};

/** Answers by action. */
export const documentedAnswers = {
  CreateApplication: { RequestId, Application: documentedApplication },
  GetApplication: { RequestId, Application: documentedApplication },
  UpdateApplication: { RequestId, Application: documentedApplication },
  DeleteApplication: { RequestId },
  ListApplications: { RequestId, Applications: { Application: [documentedApplication] } },
  CreateAppSecret: { RequestId, AppSecret: documentedSecret },
  GetAppSecret: { RequestId, AppSecret: documentedSecret },
  ListAppSecretIds: {
    RequestId,
    AppSecrets: {
      AppSecret: [
        {
          AppId: documentedSecret.AppId,
          AppSecretId: documentedSecret.AppSecretId,
          CreateDate: documentedSecret.CreateDate,
        },
      ],
    },
  },
  DeleteAppSecret: { RequestId },
  DeprovisionApplication: { RequestId },
  GetCallerIdentity: {
    RequestId,
    AccountId: '1772422852740000',
    IdentityType: 'RAMUser',
    UserId: '216959339000****',
    PrincipalId: '216959339000****',
    Arn: 'acs:ram::1772422852740000:user/ramify',
  },
} as const;
