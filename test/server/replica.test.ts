/**
 * Reads that lag behind writes: each as long as it is told, and writes not at all.
 *
 * @module
 */

import { expect, test } from 'vitest';
import { memoryRegistry } from '../support/memory-registry.ts';
import { now } from './requests.ts';
import { myapp, served } from './served.ts';

/** A server that shows each write 2 seconds later, and its clock. */
async function delayed() {
  let time = 0;
  const clock = () => now + time;
  // Requests are dated `now`.
  const world = await served({ registry: memoryRegistry({ clock }), clock, behaviour: { consistencyDelay: 2_000 } });
  const names = async () =>
    (await world.ask('ListApplications')).body.Applications.Application.map((each) => each.DisplayName);
  const create = async () => (await world.ask('CreateApplication', myapp)).body.Application.AppId;
  return { ...world, names, create, pass: (milliseconds: number) => void (time += milliseconds) };
}

test('an application is not there at first, though its name is taken', async () => {
  const { ask, names, create, pass } = await delayed();
  const AppId = await create();
  pass(1_999);
  expect(await names()).toEqual([]);
  expect((await ask('GetApplication', { AppId })).body.Code).toBe('EntityNotExist.Application');
  expect((await ask('CreateApplication', myapp)).body.Code).toBe('EntityAlreadyExists.Application');
  pass(1);
  expect(await names()).toEqual(['myapp']);
  expect((await ask('GetApplication', { AppId })).status).toBe(200);
});

test('writes know of each other at once', async () => {
  const { ask, create } = await delayed();
  const AppId = await create();
  expect((await ask('UpdateApplication', { AppId, NewDisplayName: 'New' })).body.Application.DisplayName).toBe('New');
  expect((await ask('CreateAppSecret', { AppId })).status).toBe(200);
  expect((await ask('DeleteApplication', { AppId })).status).toBe(200);
  expect((await ask('DeleteApplication', { AppId })).status).toBe(404);
});

test('of several changes each is shown in its time', async () => {
  const { ask, names, create, pass } = await delayed();
  const AppId = await create();
  pass(2_000);
  const shown = async () => {
    const { DisplayName } = (await ask('GetApplication', { AppId })).body.Application;
    expect(await names()).toEqual([DisplayName]);
    return DisplayName;
  };
  for (const NewDisplayName of ['one', 'two']) {
    await ask('UpdateApplication', { AppId, NewDisplayName });
    pass(900);
  }
  expect(await shown()).toBe('myapp');
  pass(200);
  expect(await shown()).toBe('one');
  pass(900);
  expect(await shown()).toBe('two');
});

test('an application that is gone is there for a while, with its client secrets', async () => {
  const { ask, names, create, pass } = await delayed();
  const AppId = await create();
  const { AppSecret } = (await ask('CreateAppSecret', { AppId })).body;
  pass(2_000);
  await ask('DeleteApplication', { AppId });
  expect(await names()).toEqual(['myapp']);
  expect((await ask('GetAppSecret', { AppId, AppSecretId: AppSecret.AppSecretId })).body.AppSecret).toEqual(AppSecret);
  pass(2_000);
  expect(await names()).toEqual([]);
  expect((await ask('ListAppSecretIds', { AppId })).status).toBe(404);
});

test('client secrets come and go late, too', async () => {
  const { ask, create, pass } = await delayed();
  const AppId = await create();
  pass(2_000);
  const count = async () =>
    JSON.stringify((await ask('ListAppSecretIds', { AppId })).body.AppSecrets).split('AppSecretId').length - 1;
  const { AppSecretId } = (await ask('CreateAppSecret', { AppId })).body.AppSecret;
  expect(await count()).toBe(0);
  expect((await ask('GetAppSecret', { AppId, AppSecretId })).status).toBe(404);
  pass(2_000);
  expect(await count()).toBe(1);
  await ask('DeleteAppSecret', { AppId, AppSecretId });
  expect(await count()).toBe(1);
  pass(2_000);
  expect(await count()).toBe(0);
});

test('a write that failed changes nothing that is shown', async () => {
  const { ask, names, create, pass } = await delayed();
  const AppId = await create();
  pass(2_000);
  expect((await ask('UpdateApplication', { AppId, NewRedirectUris: 'ü' })).status).toBe(400);
  expect(await names()).toEqual(['myapp']);
});
