/** Which proxy leads to a server, as Go's httpproxy has it. */

import { describe, expect, test } from 'vitest';
import { proxyFor, proxyURL } from '../../src/kube/proxy.ts';

const proxy = 'http://proxy.example:3128/';

describe('the variables', () => {
  test.each<[string, string, Record<string, string>, string | undefined]>([
    ['none', 'https://10.0.0.1', {}, undefined],
    ['HTTPS_PROXY', 'https://10.0.0.1', { HTTPS_PROXY: proxy }, proxy],
    ['https_proxy', 'https://10.0.0.1', { https_proxy: proxy }, proxy],
    ['upper case first', 'https://10.0.0.1', { HTTPS_PROXY: proxy, https_proxy: 'http://other' }, proxy],
    ['an empty one is none', 'https://10.0.0.1', { HTTPS_PROXY: '' }, undefined],
    ['HTTP_PROXY is not for TLS', 'https://10.0.0.1', { HTTP_PROXY: proxy }, undefined],
    ['HTTP_PROXY', 'http://10.0.0.1', { HTTP_PROXY: proxy }, proxy],
    ['HTTPS_PROXY is for TLS alone', 'http://10.0.0.1', { HTTPS_PROXY: proxy }, undefined],
    ['without a scheme', 'https://10.0.0.1', { HTTPS_PROXY: 'proxy.example:3128' }, proxy],
    ['a proxy behind TLS', 'https://10.0.0.1', { HTTPS_PROXY: 'https://me:pw@proxy' }, 'https://me:pw@proxy/'],
  ])('%s', (_, server, env, found) => {
    expect(proxyFor(new URL(server), env)?.href).toBe(found);
  });

  test.each(['https://localhost:6443', 'https://127.0.0.1', 'https://127.8.9.1', 'https://[::1]:6443'])(
    '%s is never behind a proxy',
    (server) => {
      expect(proxyFor(new URL(server), { HTTPS_PROXY: proxy })).toBeUndefined();
    },
  );
});

describe('NO_PROXY', () => {
  test.each<[string, string, boolean]>([
    ['*', 'https://api.example', true],
    ['', 'https://api.example', false],
    [' , ', 'https://api.example', false],
    ['example', 'https://api.example', true],
    ['Example', 'https://API.example', true],
    ['api.example', 'https://api.example', true],
    ['i.example', 'https://api.example', false],
    ['.example', 'https://api.example', true],
    ['.api.example', 'https://api.example', false],
    ['*.example', 'https://api.example', true],
    ['*.example', 'https://example', false],
    ['other,api.example', 'https://api.example', true],
    [' other , api.example ', 'https://api.example', true],
    ['api.example:6443', 'https://api.example:6443', true],
    ['api.example:6443', 'https://api.example', false],
    ['api.example:443', 'https://api.example', true],
    ['10.0.0.1', 'https://10.0.0.1', true],
    ['10.0.0.1:443', 'https://10.0.0.1', true],
    ['10.0.0.1:444', 'https://10.0.0.1', false],
    ['10.0.0.2', 'https://10.0.0.1', false],
    ['10.0.0.0/8', 'https://10.96.0.1', true],
    ['10.0.0.0/16', 'https://10.96.0.1', false],
    ['10.0.0.0/33', 'https://10.0.0.0', false],
    ['10.0.0.0/', 'https://10.0.0.0', false],
    ['10.0.0.0/x', 'https://10.0.0.0', false],
    ['0.0.0.0/0', 'https://api.example', false],
    ['fd00::/8', 'https://[fd00::1]:6443', true],
    ['fd00::/8', 'https://[fe00::1]', false],
    ['[fd00::1]:6443', 'https://[fd00::1]:6443', true],
    ['fd00:0::1', 'https://[fd00::1]', true],
    ['0.0.0.0/0', 'https://[fd00::1]', false],
  ])('%j goes around the proxy to %s: %s', (NO_PROXY, server, around) => {
    const found = proxyFor(new URL(server), { HTTPS_PROXY: proxy, NO_PROXY });
    expect(found === undefined).toBe(around);
    expect(proxyFor(new URL(server), { https_proxy: proxy, no_proxy: NO_PROXY })).toEqual(found);
  });
});

test.each(['http://', 'http://me:secret@', 'ftp://proxy', 'socks5://me:secret@proxy'])(
  '%s is an error that does not repeat it',
  (text) => {
    const message = 'HTTPS_PROXY is not the URL of an HTTP proxy';
    expect(() => proxyURL(text, 'HTTPS_PROXY')).toThrow(expect.objectContaining({ code: 'badProxy', message }));
  },
);
