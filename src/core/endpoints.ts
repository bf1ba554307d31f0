/**
 * Where an issuer's endpoints are: the paths that RAM's own issuers use.
 *
 * @module
 */

import type { Endpoints } from './state.ts';

/** The endpoints of an issuer whose pages and API share one host: the local one (RAM's paths, "Manage OAuth applications"). */
export function endpointsOf(issuerURL: string): Endpoints {
  const issuer = issuerURL.replace(/\/+$/, '');
  return {
    issuer,
    authorizationEndpoint: `${issuer}/oauth2/v1/auth`,
    tokenEndpoint: `${issuer}/v1/token`,
    userinfoEndpoint: `${issuer}/v1/userinfo`,
    jwksURI: `${issuer}/v1/keys`,
    revocationEndpoint: `${issuer}/v1/revoke`,
  };
}

/** Alibaba Cloud's two sites: an account is on one of them. */
export type Site = 'China' | 'International';

const domains: Readonly<Record<Site, string>> = { China: 'aliyun.com', International: 'alibabacloud.com' };

/** The endpoints of RAM on a site, where people log on at another host ("Manage OAuth applications"). */
export function siteEndpoints(site: Site): Endpoints {
  const domain = domains[site];
  return {
    ...endpointsOf(`https://oauth.${domain}`),
    authorizationEndpoint: `https://signin.${domain}/oauth2/v1/auth`,
  };
}
