/**
 * apply → Ready with nothing else to do, one application after the other, beside the same three writes.
 *
 * From the sending of the create until a watch shows the resource Ready; the writes have the create behind them. The two
 * take turns in blocks, since a controller that runs would do the bare client's applications too.
 *
 * @module
 */

import { type ApplicationObject, application, applicationNames } from '../application.ts';
import { applicationsPath, secretsPath } from '../client.ts';
import { type Templates, writeAll } from '../limit.ts';
import type { Options } from '../options.ts';
import { limit, type Row, target } from '../row.ts';
import { type Place, release, type Site } from '../site.ts';
import { quantile } from '../statistics.ts';
import { sampleTemplates } from './throughput.ts';

/** Milliseconds of one application. */
interface Times {
  /** From the sending of the create. */
  readonly applied: number;
  /** From its answer. */
  readonly created: number;
}

const blocks = 4;

export async function latency(site: Site, { latencies }: Options): Promise<readonly Row[]> {
  const templates = await sampleTemplates(site);
  const names = applicationNames(Math.ceil(latencies / blocks));
  const ours: Times[] = [];
  const bare: Times[] = [];
  for (let block = 0; block < blocks; block += 1) {
    ours.push(...(await controllerBlock(site, names)));
    bare.push(...(await bareBlock(site, names, templates)));
  }
  return rowsOf(ours, bare);
}

async function controllerBlock(site: Site, names: readonly string[]): Promise<readonly Times[]> {
  const controller = await site.start();
  await controller.rest();
  const place = await site.place();
  const times: Times[] = [];
  for (const name of names) {
    const { sent, created } = await create(site, place, name);
    await place.until(() => place.ready.has(name));
    const ready = place.ready.get(name) ?? Number.NaN;
    times.push({ applied: ready - sent, created: ready - created });
  }
  await place.clear();
  await controller.stop();
  return times;
}

async function bareBlock(site: Site, names: readonly string[], templates: Templates): Promise<readonly Times[]> {
  const { client } = site;
  const place = await site.place();
  const times: Times[] = [];
  for (const name of names) {
    const { sent, created, object } = await create(site, place, name);
    await writeAll(client, templates, object);
    const written = performance.now();
    times.push({ applied: written - sent, created: written - created });
  }
  await client.send('DELETE', secretsPath(place.namespace));
  await place.until(() => place.ready.size === names.length);
  await release(client, place);
  await place.clear();
  return times;
}

async function create({ client }: Site, { namespace }: Place, name: string) {
  const sent = performance.now();
  const object = await client.send<ApplicationObject>('POST', applicationsPath(namespace), application(name));
  return { sent, created: performance.now(), object };
}

function rowsOf(ours: readonly Times[], bare: readonly Times[]): readonly Row[] {
  const applied = (share: number) =>
    quantile(
      ours.map((times) => times.applied),
      share,
    );
  const created = (share: number) =>
    quantile(
      ours.map((times) => times.created),
      share,
    );
  const writes = (share: number) =>
    quantile(
      bare.map((times) => times.created),
      share,
    );
  const unit = 'ms';
  return [
    {
      what: 'apply → Ready, p50',
      value: applied(0.5),
      unit,
      ...limit(writes(0.5), { atMost: 1.5 }),
    },
    { what: 'apply → Ready, p99', value: applied(0.99), unit, ...target(60) },
    { what: 'created → Ready, p50', value: created(0.5), unit, reference: { kind: 'limit', value: writes(0.5) } },
    { what: 'created → Ready, p99', value: created(0.99), unit, reference: { kind: 'limit', value: writes(0.99) } },
  ];
}
