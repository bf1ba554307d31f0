/** Who we are: one source of access keys, sessions that are renewed in time, and one account. */

import { describe, expect, it } from 'vitest';
import { makeSelfSigned } from '../../../src/cli/self-signed.ts';
import { Sensitive } from '../../../src/core/sensitive.ts';
import { openIms } from '../../../src/registry/ims/open.ts';
import { type Received, type Reply, rpcServer } from '../../support/rpc-server.ts';
import { failure } from '../conformance/suite.ts';
import { documentedAnswers } from './documented.ts';
import { documented, registryOver, surroundings } from './surroundings.ts';

const accountID = '1772422852740000';

function callerOf(id: string): Reply {
  return { body: { ...documentedAnswers.GetCallerIdentity, AccountId: id } };
}

describe('the account', () => {
  it('is asked of STS once, whoever asks at the same time', async () => {
    const { server, registry } = await registryOver();
    await Promise.all([registry.account(), registry.account(), registry.list()]);
    expect(await registry.account()).toEqual({ accountID, consistencyWindow: 60_000 });
    expect(server.actions()).toEqual(['GetCallerIdentity', 'ListApplications']);
    expect(server.received[0]?.headers['x-acs-version']).toBe('2015-04-01');
  });

  it('must be the one that the spec names: else nothing is asked for', async () => {
    const { server, registry } = await registryOver(undefined, {}, { accountID: '4711' });
    const message = `the credentials belong to account ${accountID}, and this registry works with 4711`;
    for (const call of [registry.account, registry.list, () => registry.delete('1')])
      expect(await failure(call())).toMatchObject({ code: 'denied', message });
    expect(new Set(server.actions())).toEqual(new Set(['GetCallerIdentity']));
  });

  it.each([
    [{ status: 404, body: { RequestId: '7', Code: 'InvalidAccessKeyId.NotFound', Message: 'no such key' } }, 'denied'],
    [{ status: 404, body: { RequestId: '7', Code: 'EntityNotExist.User', Message: 'no such user' } }, 'denied'],
    [{ status: 429, body: { RequestId: '7', Code: 'Throttling', Message: 'later' } }, 'throttled'],
    [{ status: 500, body: { RequestId: '7', Code: 'InternalError', Message: 'ouch' } }, 'unavailable'],
    [{ body: { RequestId: '7' } }, 'unavailable'],
  ] as const)('that STS does not tell is never an application that is gone: %o', async (reply, code) => {
    const { registry } = await registryOver(({ action }) => (action === 'GetCallerIdentity' ? reply : undefined));
    expect(await failure(registry.get('1'))).toMatchObject({ code });
    expect(await failure(registry.delete('1'))).toMatchObject({ code });
  });
});

describe('the environment', () => {
  it.each([{}, { ALIBABA_CLOUD_ACCESS_KEY_ID: 'LTAIexample' }, { ALIBABA_CLOUD_ACCESS_KEY_ID: '' }])(
    'that lacks a key is said to: %o',
    async (env) => {
      const { registry } = await registryOver(undefined, { env });
      expect(await failure(registry.account())).toMatchObject({
        code: 'denied',
        message: expect.stringMatching(/^the controller's environment has no ALIBABA_CLOUD_ACCESS_KEY_/) as string,
      });
    },
  );
});

describe('a Secret', () => {
  const secretRef = { name: 'ram' };

  /** A registry whose keys are in a Secret that the test changes, on a clock that it moves. */
  async function withSecret(reply: (request: Received) => Reply | undefined = () => undefined) {
    let now = 0;
    let values: Record<string, string> | undefined = { accessKeyId: 'LTAIfirst', accessKeySecret: 'one\n' };
    let broken = false;
    const readSecret = async () => {
      if (broken) throw new Error('the API server is away');
      return values && Object.fromEntries(Object.entries(values).map(([key, value]) => [key, new Sensitive(value)]));
    };
    const { server, registry } = await registryOver(
      reply,
      { readSecret, monotonic: () => now },
      { credentials: { secretRef } },
    );
    const keyIDs = () =>
      server.received.map(
        ({ action, headers }) => `${action} ${/Credential=([^,]+)/.exec(headers.authorization ?? '')?.[1]}`,
      );
    return {
      server,
      registry,
      keyIDs,
      pass: (milliseconds: number) => void (now += milliseconds),
      put: (changed: Record<string, string> | undefined) => void (values = changed),
      breakDown: () => void (broken = true),
    };
  }

  it('that is replaced is used within a minute, and the account is asked for again', async () => {
    const { registry, keyIDs, pass, put } = await withSecret();
    await registry.list();
    put({ accessKeyId: 'LTAIsecond', accessKeySecret: 'two' });
    await registry.list();
    pass(60_000);
    await registry.list();
    expect(keyIDs()).toEqual([
      'GetCallerIdentity LTAIfirst',
      'ListApplications LTAIfirst',
      'ListApplications LTAIfirst',
      'GetCallerIdentity LTAIsecond',
      'ListApplications LTAIsecond',
    ]);
  });

  it('whose key is refused is read again at once', async () => {
    const gone = { status: 404, body: { RequestId: '1', Code: 'InvalidAccessKeyId.NotFound', Message: 'gone' } };
    const isFirst = ({ headers, action }: Received) =>
      action === 'ListApplications' && headers.authorization?.includes('LTAIfirst') === true;
    const { registry, put } = await withSecret((request) => (isFirst(request) ? gone : undefined));
    expect(await failure(registry.list())).toMatchObject({ code: 'denied' });
    put({ accessKeyId: 'LTAIsecond', accessKeySecret: 'two' });
    await expect(registry.list()).resolves.toHaveLength(1);
  });

  it('with the key of another account is not used, and the right one is again', async () => {
    const { server, registry, pass, put } = await withSecret(({ action, headers }) =>
      action === 'GetCallerIdentity' && headers.authorization?.includes('LTAIother') === true
        ? callerOf('4711')
        : undefined,
    );
    await registry.list();
    put({ accessKeyId: 'LTAIother', accessKeySecret: 'two' });
    pass(60_000);
    expect(await failure(registry.delete('1'))).toMatchObject({ code: 'denied' });
    expect(server.actions()).not.toContain('DeleteApplication');
    put({ accessKeyId: 'LTAIfirst', accessKeySecret: 'one' });
    await expect(registry.delete('1')).resolves.toBeUndefined();
  });

  it('that cannot be read again does no harm', async () => {
    const { registry, pass, breakDown } = await withSecret();
    await registry.list();
    breakDown();
    pass(600_000);
    await expect(registry.list()).resolves.toHaveLength(1);
  });

  it.each([
    [undefined, 'denied', "the controller's namespace has no Secret ram"],
    [{ accessKeyId: 'LTAIfirst' }, 'denied', 'the Secret ram lacks accessKeyId or accessKeySecret'],
  ])('that is %o is said to be', async (values, code, message) => {
    const { registry, put } = await withSecret();
    put(values);
    expect(await failure(registry.account())).toMatchObject({ code, message });
  });

  it('that cannot be read is said to be', async () => {
    const { registry, breakDown } = await withSecret();
    breakDown();
    const message = 'the Secret ram cannot be read: the API server is away';
    expect(await failure(registry.account())).toMatchObject({ code: 'unavailable', message });
  });
});

describe('workload identity', () => {
  const env = {
    ALIBABA_CLOUD_ROLE_ARN: `acs:ram::${accountID}:role/ramify`,
    ALIBABA_CLOUD_OIDC_PROVIDER_ARN: `acs:ram::${accountID}:oidc-provider/ack-rrsa-c1`,
    ALIBABA_CLOUD_OIDC_TOKEN_FILE: '/var/run/secrets/tokens/token',
  };
  const start = Date.parse('2026-11-22T00:00:00Z');

  /** A stand-in for STS over TLS that gives sessions of an hour, and refuses when it is told to. */
  async function withSTS(stop: () => boolean = () => false) {
    const tls = await makeSelfSigned('127.0.0.1');
    let now = 0;
    let sessions = 0;
    const refusal = { status: 503, body: { RequestId: '9', Code: 'ServiceUnavailable', Message: 'busy' } };
    const server = await rpcServer((request) => {
      if (request.action !== 'AssumeRoleWithOIDC') return documented(request);
      if (stop()) return refusal;
      const Expiration = new Date(start + now + 3_600_000).toISOString();
      const session = {
        AccessKeyId: `STS.${++sessions}`,
        AccessKeySecret: 'secret',
        SecurityToken: 'token',
        Expiration,
      };
      return { body: { RequestId: '1', Credentials: session } };
    }, tls);
    const spec = { endpoint: server.host, caBundle: tls.cert, credentials: { workloadIdentity: {} } };
    const readFile = async (path: string) => (path === env.ALIBABA_CLOUD_OIDC_TOKEN_FILE ? 'oidc-token\n' : '');
    const world = surroundings({ env, readFile, monotonic: () => now, clock: () => start + now });
    const registry = openIms(spec, { callsPerSecond: 1_000, burst: 1_000 }, world);
    return { server, registry, spec, pass: (milliseconds: number) => void (now += milliseconds) };
  }

  it('exchanges the token for a session of the role, with nothing secret in the URL', async () => {
    const { server, registry } = await withSTS();
    expect(await registry.account()).toMatchObject({ accountID });
    await registry.list();
    expect(server.actions()).toEqual(['AssumeRoleWithOIDC', 'ListApplications']);
    const [asked, used] = server.received;
    expect(asked?.headers.authorization).toBeUndefined();
    expect(asked?.url).not.toContain('oidc-token');
    expect(asked?.parameters).toMatchObject({
      Action: 'AssumeRoleWithOIDC',
      Version: '2015-04-01',
      Format: 'json',
      RoleArn: env.ALIBABA_CLOUD_ROLE_ARN,
      OIDCProviderArn: env.ALIBABA_CLOUD_OIDC_PROVIDER_ARN,
      OIDCToken: 'oidc-token',
      RoleSessionName: 'ramify',
      DurationSeconds: '3600',
    });
    expect(used?.headers).toMatchObject({ 'x-acs-accesskey-id': 'STS.1', 'x-acs-security-token': 'token' });
  });

  it('asks once, however many ask at the same time', async () => {
    const { server, registry } = await withSTS();
    await Promise.all(Array.from({ length: 20 }, () => registry.account()));
    expect(server.actions()).toEqual(['AssumeRoleWithOIDC']);
  });

  it('renews a session a quarter of an hour before its end', async () => {
    const { server, registry, pass } = await withSTS();
    await registry.account();
    pass(44 * 60_000);
    await registry.account();
    pass(2 * 60_000);
    await registry.list();
    expect(server.received.at(-1)?.headers['x-acs-accesskey-id']).toBe('STS.2');
  });

  it('renews a session that the API says is over', async () => {
    const expired = { status: 400, body: { RequestId: '1', Code: 'InvalidSecurityToken.Expired', Message: 'over' } };
    const { server, registry } = await registryOver(
      ({ action, headers }) => {
        if (action === 'AssumeRoleWithOIDC') {
          const count = server.actions().filter((each) => each === action).length;
          const Credentials = {
            AccessKeyId: `STS.${count}`,
            AccessKeySecret: 's',
            SecurityToken: 't',
            Expiration: '2100-01-01T00:00:00Z',
          };
          return { body: { RequestId: '1', Credentials } };
        }
        return headers['x-acs-accesskey-id'] === 'STS.1' ? expired : undefined;
      },
      { env, readFile: async () => 'token' },
      { credentials: { workloadIdentity: {} } },
    );
    await expect(registry.list()).resolves.toHaveLength(1);
    expect(server.actions()).toEqual([
      'AssumeRoleWithOIDC',
      'ListApplications',
      'AssumeRoleWithOIDC',
      'ListApplications',
    ]);
  });

  it('goes on with its session while STS gives no answer, and not once it is over', async () => {
    let isDown = false;
    const { registry, pass } = await withSTS(() => isDown);
    await registry.account();
    isDown = true;
    pass(50 * 60_000);
    await expect(registry.list()).resolves.toHaveLength(1);
    pass(11 * 60_000);
    expect(await failure(registry.list())).toMatchObject({
      code: 'unavailable',
      requestID: '9',
      message: 'AssumeRoleWithOIDC was refused with ServiceUnavailable: busy',
    });
  });

  it('trusts no certificate that nobody vouches for', async () => {
    const { spec } = await withSTS();
    const { caBundle: _trust, ...untrusting } = spec;
    const registry = openIms(untrusting, undefined, surroundings({ env, readFile: async () => 'token' }));
    expect(await failure(registry.account())).toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('shows a certificate that is not trusted: see caBundle') as string,
    });
  });

  it.each([
    [{}, "the controller's environment has no ALIBABA_CLOUD_ROLE_ARN"],
    [env, "the service account's token in /var/run/secrets/tokens/token cannot be read"],
  ])('without what the webhook sets says what is missing', async (given, message) => {
    const { registry } = await registryOver(undefined, { env: given }, { credentials: { workloadIdentity: {} } });
    expect(await failure(registry.account())).toMatchObject({ code: 'denied', message });
  });
});
