/**
 * What differs between the application that is wanted and the one that was found.
 *
 * @module
 */

import { hash } from 'node:crypto';
import { isSame } from './same.ts';
import type { Application, ApplicationSettings } from './state.ts';

/**
 * One field that differs, both values as JSON that shows every character; lists are sorted, since their order means nothing.
 */
export interface Difference {
  readonly field: keyof ApplicationSettings;
  readonly desired: string;
  readonly observed: string;
}

/**
 * The settings in which `found` is not as `wanted`, in a fixed order.
 *
 * A field that is wanted as `undefined` (the refresh token of a Server application) is neither sent nor compared, and
 * `secretRequired` is compared only on Native: the API forces it to true elsewhere and ignores the parameter.
 */
export function differences(wanted: Application, found: Application): readonly Difference[] {
  return (
    comparedFields(wanted)
      // Nearly all are plainly the same, and then nothing has to be written out.
      .filter((field) => !isSame(wanted[field], found[field]))
      .map((field) => ({ field, desired: visible(wanted[field]), observed: visible(found[field]) }))
      .filter(({ desired, observed }) => desired !== observed)
  );
}

/** The part of `wanted` that an update must send. Scopes and required scopes go together: the first resets the second. */
export function changesFor(wanted: Application, differing: readonly Difference[]): Partial<ApplicationSettings> {
  const fields = new Set(differing.map(({ field }) => field));
  if (fields.has('scopes') || fields.has('requiredScopes')) fields.add('scopes').add('requiredScopes');
  return Object.fromEntries([...fields].map((field) => [field, wanted[field]]));
}

/** A digest of everything that a create sends, by which its result is known again. */
export function digestOf(application: Application): string {
  const { name, type, protocolVersion } = application;
  const settings = comparedFields(application).map((field) => [field, canonical(application[field])]);
  return hash('sha256', JSON.stringify([name.toLowerCase(), type, protocolVersion, ...settings]));
}

/** Whether `found` is, field by field, what a create with this digest sent. */
export function isWhatWasSent(found: Application, sent: string): boolean {
  const asSent = found.type === 'Server' ? { ...found, refreshTokenValiditySeconds: undefined } : found;
  return digestOf(asSent) === sent;
}

function comparedFields(wanted: Application): readonly (keyof ApplicationSettings)[] {
  const always = [
    'displayName',
    'accessTokenValiditySeconds',
    'redirectURIs',
    'scopes',
    'requiredScopes',
    'multiTenant',
  ] as const;
  return [
    ...always,
    ...(wanted.refreshTokenValiditySeconds === undefined ? [] : (['refreshTokenValiditySeconds'] as const)),
    ...(wanted.type === 'Native' ? (['secretRequired'] as const) : []),
  ];
}

function canonical(value: ApplicationSettings[keyof ApplicationSettings]): string {
  return JSON.stringify(typeof value === 'object' ? [...new Set(value)].toSorted() : value) ?? 'null';
}

/** What cannot be seen, or turns the direction of what follows, is written as JSON's escapes: people read this. */
function visible(value: ApplicationSettings[keyof ApplicationSettings]): string {
  return canonical(value).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) =>
    Array.from(character.split(''), (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
  );
}
