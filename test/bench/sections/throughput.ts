/**
 * Many applications applied at once → all Ready, beside a bare client that does no more than the controller's writes.
 *
 * The two take turns, each in a namespace of its own, and the applier is the same. What is compared are the medians.
 *
 * @module
 */

import { type ApplicationObject, application, applicationNames } from '../application.ts';
import type { Imitating } from '../bare.ts';
import { applicationsPath, secretsPath } from '../client.ts';
import { type SecretObject, type Templates, templatesFrom } from '../limit.ts';
import type { Options } from '../options.ts';
import { startPartner } from '../partner.ts';
import { usageOf } from '../process-figures.ts';
import { limit, type Row, target } from '../row.ts';
import { inFlight, release, type Site } from '../site.ts';
import { median } from '../statistics.ts';

/** What one round took. */
interface Round {
  readonly seconds: number;
  /** Of the controller, or of the bare client. */
  readonly ownCPU: number;
  readonly serverCPU: number;
}

export async function throughput(site: Site, { applications, rounds }: Options): Promise<readonly Row[]> {
  const templates = await sampleTemplates(site);
  const ours: Round[] = [];
  const bare: Round[] = [];
  for (let round = 0; round < rounds; round += 1) {
    ours.push(await controllerRound(site, applications));
    bare.push(await bareRound(site, applications, templates));
  }
  return rowsOf(ours, bare, applications);
}

/** What the controller wrote for an application, which is then deleted again. */
export async function sampleTemplates(site: Site): Promise<Templates> {
  const controller = await site.start();
  const place = await site.place();
  const name = 'sample-application';
  await site.client.send('POST', applicationsPath(place.namespace), application(name));
  await place.until(() => place.ready.size === 1);
  const sample = await site.client.send<ApplicationObject>('GET', applicationsPath(place.namespace, name));
  const secret = await site.client.send<SecretObject>('GET', secretsPath(place.namespace, name));
  await place.clear();
  await controller.stop();
  return templatesFrom(sample, secret);
}

async function controllerRound(site: Site, count: number): Promise<Round> {
  const controller = await site.start();
  await controller.rest();
  const place = await site.place();
  const before = { own: controller.usage().cpuSeconds, server: site.serverCPUSeconds() };
  const began = performance.now();
  await Promise.all([place.apply(applicationNames(count)), place.until(() => place.ready.size === count)]);
  const seconds = (performance.now() - began) / 1000;
  const { cpuSeconds } = await controller.rest();
  const round = { seconds, ownCPU: cpuSeconds - before.own, serverCPU: site.serverCPUSeconds() - before.server };
  await place.clear();
  await controller.stop();
  return round;
}

async function bareRound(site: Site, count: number, templates: Templates): Promise<Round> {
  const { access, client } = site;
  const bare = await startPartner('bare.ts');
  const place = await site.place();
  const { namespace } = place;
  const before = { own: usageOf(bare.pid).cpuSeconds, server: site.serverCPUSeconds() };
  const imitating: Imitating = { access, namespace, count, inFlight, templates };
  const began = performance.now();
  const imitated = bare.ask(imitating);
  await Promise.all([place.apply(applicationNames(count)), place.until(() => place.ready.size === count)]);
  const seconds = (performance.now() - began) / 1000;
  await imitated;
  const own = usageOf(bare.pid).cpuSeconds - before.own;
  const round = { seconds, ownCPU: own, serverCPU: site.serverCPUSeconds() - before.server };
  await bare.stop();
  await client.send('DELETE', secretsPath(namespace));
  await release(client, place);
  await place.clear();
  return round;
}

function rowsOf(ours: readonly Round[], bare: readonly Round[], count: number): readonly Row[] {
  const middle = (rounds: readonly Round[], of: keyof Round) => median(rounds.map((round) => round[of]));
  const perThousand = (cpuSeconds: number) => (cpuSeconds * 1000) / count;
  const rate = (rounds: readonly Round[]) => count / middle(rounds, 'seconds');
  return [
    {
      what: `${count} applied → Ready`,
      value: rate(ours),
      unit: '/s',
      ...limit(rate(bare), { atLeast: 0.8 }),
      relative: '0.36 of its limit',
    },
    {
      what: 'the controller’s CPU per 1,000',
      value: perThousand(middle(ours, 'ownCPU')),
      unit: 's',
      ...target(3.5),
    },
    {
      what: 'the same, by the bare client’s',
      value: perThousand(middle(ours, 'ownCPU')),
      unit: 's',
      reference: { kind: 'limit', value: perThousand(middle(bare, 'ownCPU')) },
      relative: '2.6–4.4 times its limit',
    },
    {
      what: 'the control plane’s CPU per 1,000',
      value: perThousand(middle(ours, 'serverCPU')),
      unit: 's',
      reference: { kind: 'limit', value: perThousand(middle(bare, 'serverCPU')) },
    },
  ];
}
