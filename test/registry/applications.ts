/**
 * A valid application and fresh operations, so that a test states only what it is about.
 *
 * @module
 */

import { randomUUID } from 'node:crypto';
import type { Application } from '../../src/core/state.ts';

export function application(changes: Partial<Application> = {}): Application {
  return {
    name: 'team-a.shop',
    type: 'Web',
    protocolVersion: '2.0',
    displayName: 'Shop',
    accessTokenValiditySeconds: 3_600,
    refreshTokenValiditySeconds: 2_592_000,
    redirectURIs: ['https://shop.example/cb', 'https://www.shop.example/cb'],
    scopes: ['openid', 'profile'],
    requiredScopes: ['openid', 'profile'],
    multiTenant: false,
    secretRequired: changes.type !== 'Native',
    ...changes,
  };
}

/** An operation that no registry has seen. */
export function operation(): string {
  return randomUUID();
}
