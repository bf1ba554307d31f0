/** What an OAuthRegistry of type AlibabaCloud says of its account. */

import { describe, expect, it } from 'vitest';
import { parseRegistryStatus } from '../../src/api/parse.ts';
import { openRegistries } from '../../src/controller/registries.ts';
import { RegistryError } from '../../src/registry/errors.ts';
import type { Registry } from '../../src/registry/registry.ts';
import { t0 } from '../support/builders.ts';
import { memoryCluster } from '../support/memory-cluster.ts';
import { memoryRegistry } from '../support/memory-registry.ts';

const spec = {
  type: 'AlibabaCloud',
  applicationNamePrefix: 'eu',
  alibabaCloud: { site: 'China', credentials: { environment: {} } },
};

function registries(open: () => Promise<Registry> = async () => memoryRegistry()) {
  const cluster = memoryCluster();
  cluster.outside.putRegistry({ name: 'default', spec });
  const status = () => parseRegistryStatus(cluster.registries()[0]?.status);
  return { status, ...openRegistries({ cluster, open, clock: () => t0, monotonic: () => 1 }) };
}

describe('a registry of type AlibabaCloud', () => {
  it('has the endpoints of its site', async () => {
    const { refresh, status } = registries();
    await refresh('default');
    expect(status()).toMatchObject({
      conditions: [{ type: 'Ready', status: 'True' }],
      endpoints: {
        issuer: 'https://oauth.aliyun.com',
        authorizationEndpoint: 'https://signin.aliyun.com/oauth2/v1/auth',
      },
    });
  });

  it('whose credentials are refused is not ready, and its users wait', async () => {
    const refused = new RegistryError('denied', 'the Secret ram lacks accessKeyId', { operation: 'account' });
    const { find, refresh, status } = registries(() => Promise.reject(refused));
    await refresh('default');
    expect(status().conditions).toMatchObject([
      { status: 'False', reason: 'PermissionDenied', message: refused.message },
    ]);
    expect(await find('default')).toMatchObject({ reason: 'RegistryNotReady' });
  });

  it('belongs to another account than the one that was pinned', async () => {
    const account = { accountID: '1' };
    const { find, refresh } = registries(async () => memoryRegistry({ account }));
    await refresh('default');
    account.accountID = '2';
    await refresh('default');
    const says = 'the credentials belong to account 2, but status.accountID says that this registry works with 1';
    expect(await find('default')).toMatchObject({ message: expect.stringContaining(says) });
  });
});
