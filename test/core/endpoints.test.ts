/** Where an issuer's endpoints are. */

import { describe, expect, it } from 'vitest';
import { endpointsOf } from '../../src/core/endpoints.ts';

describe('the endpoints of an issuer', () => {
  it.each(['https://login.example', 'https://login.example/', 'https://login.example//'])(
    '%s are where RAM has them',
    (issuerURL) => {
      expect(endpointsOf(issuerURL)).toEqual({
        issuer: 'https://login.example',
        authorizationEndpoint: 'https://login.example/oauth2/v1/auth',
        tokenEndpoint: 'https://login.example/v1/token',
        userinfoEndpoint: 'https://login.example/v1/userinfo',
        jwksURI: 'https://login.example/v1/keys',
        revocationEndpoint: 'https://login.example/v1/revoke',
      });
    },
  );

  it('keep the path of an issuer that has one', () => {
    expect(endpointsOf('http://localhost:8080/oauth/').tokenEndpoint).toBe('http://localhost:8080/oauth/v1/token');
  });
});
