/**
 * What a request asks for, wherever it says so.
 *
 * @module
 */

import { describe, expect, test } from 'vitest';
import { readCall } from '../../src/server/request.ts';

const version = '2019-08-15';
const form = { 'content-type': 'application/x-www-form-urlencoded' };

function request(target: string, headers: Record<string, string> = {}, body = '', method = 'POST') {
  return { method, target, headers, body: Buffer.from(body) };
}

const inHeaders = { 'x-acs-action': 'GetApplication', 'x-acs-version': version };
const inQuery = `Action=GetApplication&Version=${version}`;

describe('GetApplication of application 1', () => {
  test.each([
    ['in headers and query', request('/?AppId=1', inHeaders)],
    ['in the query', request(`/?${inQuery}&AppId=1`)],
    ['in the query of a GET', request(`/?${inQuery}&AppId=1`, {}, '', 'GET')],
    ['in a form', request('/', form, `${inQuery}&AppId=1`)],
    ['in headers and a form', request('/', { ...inHeaders, ...form }, 'AppId=1')],
    [
      'in a form with a character set',
      request('/', { 'content-type': 'Application/X-WWW-Form-Urlencoded; charset=UTF-8' }, `${inQuery}&AppId=1`),
    ],
    ['in both, and the same', request(`/?${inQuery}&AppId=1`, inHeaders)],
    ['with a format', request('/?AppId=1&Format=json', inHeaders)],
  ])('is understood %s', (_, given) => {
    const { action, version: read, parameters } = readCall(given);
    expect([action, read, parameters.get('AppId')]).toEqual(['GetApplication', version, '1']);
  });
});

describe('parameters', () => {
  test.each([
    ['/?a=%E4%B8%AD', { a: '中' }],
    ['/?a=x+y%2Bz', { a: 'x y+z' }],
    ['/?a=b=c', { a: 'b=c' }],
    ['/?a=', { a: '' }],
    ['/?a', { a: '' }],
    ['/?&a=1&', { a: '1' }],
    ['/?', {}],
    ['/?__proto__=1', JSON.parse('{"__proto__":"1"}')],
  ])('%s', (target, parameters) => {
    expect(Object.fromEntries(readCall(request(target, inHeaders)).parameters)).toEqual(parameters);
  });
});

describe('what is refused', () => {
  test.each([
    ['another path', request('/x', inHeaders), 404, 'InvalidApi.NotFound'],
    ['a path of its own making', request('//', inHeaders), 404, 'InvalidApi.NotFound'],
    ['another method', request('/', inHeaders, '', 'PUT'), 404, 'InvalidApi.NotFound'],
    ['no action', request('/', { 'x-acs-version': version }), 400, 'MissingAction'],
    ['an empty action', request('/', { ...inHeaders, 'x-acs-action': '' }), 400, 'MissingAction'],
    ['no version', request('/', { 'x-acs-action': 'GetApplication' }), 400, 'MissingVersion'],
    ['two actions', request('/?Action=DeleteApplication', inHeaders), 400, 'InvalidParameter.Action'],
    ['two versions', request('/?Version=2015-04-01', inHeaders), 400, 'InvalidParameter.Version'],
    ['a parameter twice', request('/?AppId=1&AppId=2', inHeaders), 400, 'InvalidParameter'],
    ['a parameter twice, once escaped', request('/?AppId=1&%41ppId=1', inHeaders), 400, 'InvalidParameter'],
    [
      'a parameter in query and form',
      request('/?AppId=1', { ...inHeaders, ...form }, 'AppId=1'),
      400,
      'InvalidParameter',
    ],
    ['broken escapes', request('/?AppId=%4', inHeaders), 400, 'InvalidParameter'],
    ['what is no UTF-8', request('/?AppId=%ff', inHeaders), 400, 'InvalidParameter'],
    ['another kind of body', request('/', inHeaders, '{}'), 400, 'InvalidParameter.ContentType'],
    ['another format', request('/?Format=XML', inHeaders), 400, 'InvalidParameter.Format'],
  ])('%s', (_, given, status, code) => {
    expect(() => readCall(given)).toThrow(expect.objectContaining({ name: 'Refusal', status, code }));
  });
});
