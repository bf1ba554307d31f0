/**
 * Applications and client secrets as the API writes them: what is sent, and what of an answer is believed.
 *
 * An answer that is not wholly understood is not acted on. Lists in requests are joined with `;`, those in answers are
 * wrapped twice, and one that is empty may be missing.
 *
 * @module
 */

import * as z from 'zod';
import { Sensitive } from '../../core/sensitive.ts';
import type { Application, ApplicationSettings, ClientSecret, RegisteredApplication } from '../../core/state.ts';
import { fromTimestamp } from '../../core/time.ts';

/** A parameter that is `undefined` is not sent; an empty one is. */
export type Parameters = Readonly<Record<string, string | undefined>>;

const types = { Web: 'WebApp', Native: 'NativeApp', Server: 'ServerApp' } as const;
const typeNames = { WebApp: 'Web', NativeApp: 'Native', ServerApp: 'Server' } as const;

/**
 * What CreateApplication is sent. The validity of refresh tokens and whether other accounts may use the application are always
 * said: sources do not agree on what the API takes otherwise. `SecretRequired` is a Native application's alone.
 */
export function creationOf(application: Application): Parameters {
  const { name, type, protocolVersion, secretRequired } = application;
  return {
    AppName: name,
    AppType: types[type],
    ProtocolVersion: protocolVersion,
    ...settingsOf(application),
    RedirectUris: application.redirectURIs.length === 0 ? undefined : joined(application.redirectURIs),
    SecretRequired: type === 'Native' ? String(secretRequired) : undefined,
  };
}

/** What UpdateApplication is sent beside the ID: an empty list too, which the API may or may not take. */
export function changesOf(changes: Partial<ApplicationSettings>): Parameters {
  const named = Object.entries({ ...settingsOf(changes), SecretRequired: written(changes.secretRequired) });
  return Object.fromEntries(named.map(([name, value]) => [`New${name}`, value]));
}

function settingsOf(settings: Partial<ApplicationSettings>): Parameters {
  return {
    DisplayName: settings.displayName,
    AccessTokenValidity: written(settings.accessTokenValiditySeconds),
    RefreshTokenValidity: written(settings.refreshTokenValiditySeconds),
    RedirectUris: joined(settings.redirectURIs),
    PredefinedScopes: joined(settings.scopes),
    RequiredScopes: joined(settings.requiredScopes),
    IsMultiTenant: written(settings.multiTenant),
  };
}

function written(value: number | boolean | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}

function joined(values: readonly string[] | undefined): string | undefined {
  return values && [...new Set(values)].join(';');
}

/** The URI or scope that cannot be sent: a `;` in it would make two of one. */
export function unsendable({ redirectURIs = [], scopes = [], requiredScopes = [] }: Partial<ApplicationSettings>) {
  return [...redirectURIs, ...scopes, ...requiredScopes].find((value) => value === '' || value.includes(';'));
}

/** IDs are decimal, and longer than a number of JavaScript: as a number they are somebody else's. */
const applicationID = z.string().regex(/^\d{1,32}$/);

/** Whether it can be an application's ID: what a tenant may have written is not sent as one. */
export function isApplicationID(id: string): boolean {
  return applicationID.safeParse(id).success;
}

const integer = z.union([
  z.int(),
  z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number),
]);
const flag = z.union([z.boolean(), z.stringbool({ truthy: ['true'], falsy: ['false'] })]);
const time = z.string().transform((text, { addIssue }) => {
  const milliseconds = fromTimestamp(text);
  if (milliseconds === undefined) addIssue('no time');
  return milliseconds ?? 0;
});

/** `{"Name": […]}` → the list; `{}`, `null` and nothing at all are an empty one. */
function wrapped<T extends z.ZodType>(name: string, element: T) {
  return z
    .object({ [name]: z.array(element).nullish() })
    .nullish()
    .transform((wrapper) => wrapper?.[name] ?? []);
}

const scope = z.object({ Name: z.string(), Required: flag.nullish() });

/** What each application in a list must say, whatever else it is. */
const named = z.looseObject({ AppId: applicationID, AppName: z.string().min(1) });

const application = named
  .extend({
    AppType: z.enum(['WebApp', 'NativeApp', 'ServerApp']),
    ProtocolVersion: z.enum(['2.0', '2.1']).default('2.0'),
    DisplayName: z.string(),
    AccessTokenValidity: integer,
    RefreshTokenValidity: integer.nullish(),
    IsMultiTenant: flag.default(false),
    SecretRequired: flag.default(false),
    CreateDate: time,
    RedirectUris: wrapped('RedirectUri', z.string()),
    DelegatedScope: z
      .object({ PredefinedScopes: wrapped('PredefinedScope', scope) })
      .nullish()
      .transform((delegated) => delegated?.PredefinedScopes ?? []),
  })
  .transform(registered);

function registered(answer: {
  readonly AppId: string;
  readonly AppName: string;
  readonly AppType: keyof typeof typeNames;
  readonly ProtocolVersion: '2.0' | '2.1';
  readonly DisplayName: string;
  readonly AccessTokenValidity: number;
  readonly RefreshTokenValidity?: number | null | undefined;
  readonly IsMultiTenant: boolean;
  readonly SecretRequired: boolean;
  readonly CreateDate: number;
  readonly RedirectUris: readonly string[];
  readonly DelegatedScope: readonly z.output<typeof scope>[];
}): RegisteredApplication {
  const { AppId: id, AppType, DelegatedScope: scopes } = answer;
  const type = typeNames[AppType];
  return {
    id,
    clientID: id,
    createTime: answer.CreateDate,
    name: answer.AppName,
    type,
    protocolVersion: answer.ProtocolVersion,
    displayName: answer.DisplayName,
    accessTokenValiditySeconds: answer.AccessTokenValidity,
    // A Server application gets no refresh tokens, whatever the API keeps there.
    refreshTokenValiditySeconds: type === 'Server' ? undefined : (answer.RefreshTokenValidity ?? undefined),
    redirectURIs: answer.RedirectUris,
    scopes: scopes.map(({ Name }) => Name),
    requiredScopes: scopes.filter(({ Required }) => Required === true).map(({ Name }) => Name),
    multiTenant: answer.IsMultiTenant,
    // Forced on every other type (CreateApplication, SecretRequired).
    secretRequired: type !== 'Native' || answer.SecretRequired,
  };
}

/** Every answer of the API names its request; what does not is none of its. */
const answered = z.object({ RequestId: z.string().min(1), Code: z.undefined().optional() });

/** Answers to CreateApplication, GetApplication and UpdateApplication. */
export const applicationAnswer = answered
  .extend({ Application: application })
  .transform((answer) => answer.Application);

/** An application as ListApplications shows it: of one that is not understood no more is known than its name. */
export interface Listed {
  readonly id: string;
  readonly name: string;
  readonly application: RegisteredApplication | undefined;
}

/** The answer to ListApplications: one application that is not understood does not hide the others. */
export const applicationsAnswer = answered
  .extend({ Applications: wrapped('Application', named) })
  .transform(({ Applications: all }) => all.map(listed));

function listed(element: z.output<typeof named>): Listed {
  return { id: element.AppId, name: element.AppName, application: application.safeParse(element).data };
}

const secretID = z.string().regex(/^[\w-]{1,128}$/);
const clientSecret = z.object({ AppId: applicationID, AppSecretId: secretID, CreateDate: time });

/** A client secret of the application `of`. */
interface Owned extends ClientSecret {
  readonly of: string;
}

function owned({ AppId, AppSecretId, CreateDate }: z.output<typeof clientSecret>): Owned {
  return { of: AppId, id: AppSecretId, createTime: CreateDate };
}

/** The answer to ListAppSecretIds. */
export const clientSecretsAnswer = answered
  .extend({ AppSecrets: wrapped('AppSecret', clientSecret.transform(owned)) })
  .transform((answer) => answer.AppSecrets);

/** A value that is masked, or not given, is none. */
const value = z
  .string()
  .regex(/^[A-Za-z0-9]{16,256}$/)
  .transform((text) => new Sensitive(text))
  .optional()
  .catch(undefined);

/** Answers to CreateAppSecret and GetAppSecret; the second may leave the value out. */
export const issuedAnswer = answered
  .extend({ AppSecret: clientSecret.extend({ AppSecretValue: value }) })
  .transform(({ AppSecret }) => ({ ...owned(AppSecret), value: AppSecret.AppSecretValue }));

/** Answers that say nothing but that it was done. */
export const doneAnswer = answered.transform(() => undefined);
