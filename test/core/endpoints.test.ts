/** Where an issuer's endpoints are. */

import { describe, expect, it } from 'vitest';
import { endpointsOf, siteEndpoints } from '../../src/core/endpoints.ts';

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

describe('the endpoints of RAM', () => {
  it.each([
    ['China', 'aliyun.com'],
    ['International', 'alibabacloud.com'],
  ] as const)('on the site %s are at %s', (site, domain) => {
    expect(siteEndpoints(site)).toEqual({
      issuer: `https://oauth.${domain}`,
      authorizationEndpoint: `https://signin.${domain}/oauth2/v1/auth`,
      tokenEndpoint: `https://oauth.${domain}/v1/token`,
      userinfoEndpoint: `https://oauth.${domain}/v1/userinfo`,
      jwksURI: `https://oauth.${domain}/v1/keys`,
      revocationEndpoint: `https://oauth.${domain}/v1/revoke`,
    });
  });
});
