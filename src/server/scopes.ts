/**
 * The scopes that the API predefines, and ListPredefinedScopes.
 *
 * Which type may have which is documented for two of them alone; a scope that is not among them is refused by nobody here,
 * since they become more without notice.
 *
 * @module
 */

import type { ApplicationType } from '../core/state.ts';
import { action } from './action.ts';
import { applicationType } from './parameters.ts';

interface Scope {
  readonly name: string;
  readonly description: string;
  /** Any, where nothing is documented. */
  readonly types?: readonly ApplicationType[];
}

const service = (name: string): Scope => ({ name: `/acs/${name}`, description: `Access to the service ${name}.` });

const scopes: readonly Scope[] = [
  {
    name: 'openid',
    description: 'Obtain the OpenID of the user. This is the default permission that you cannot remove.',
  },
  { name: 'aliuid', description: 'Obtain the ID of the account and of the user.' },
  { name: 'profile', description: 'Obtain the name and the logon name of the user.' },
  { ...service('scim'), types: ['Server'] },
  { ...service('mcp-server'), types: ['Web', 'Native'] },
  ...['ccc', 'cloudesl', 'alidns', 'digitalstore', 'scsp', 'cloudgame', 'aiccs', 'alimt', 'easygene'].map(service),
];

/** Those of a type, or all. */
export const listPredefinedScopes = action({ AppType: applicationType.optional() }, async ({ AppType: type }) => {
  const ofType = scopes.filter(({ types }) => type === undefined || types === undefined || types.includes(type));
  return { PredefinedScopes: { PredefinedScope: ofType.map(({ name }) => delegated(name)) } };
});

/** A scope as answers show it. */
export function delegated(name: string) {
  return { Name: name, Description: scopes.find((scope) => scope.name === name)?.description ?? '' };
}
