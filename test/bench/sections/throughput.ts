/**
 * Many applications applied at once → all Ready, beside a bare client that does no more than the controller's writes.
 *
 * The two take turns, each in a namespace of its own, and the applier is the same. What is compared are the medians. A third
 * turn tells what all five requests of the controller cost a bare client.
 *
 * @module
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { type ApplicationObject, application, applicationNames } from '../application.ts';
import type { Imitating, Requests } from '../bare.ts';
import { applicationsPath, eventsPath, secretsPath } from '../client.ts';
import { type EventObject, type SecretObject, type Templates, templatesFrom } from '../limit.ts';
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
  const whole: Round[] = [];
  for (let round = 0; round < rounds; round += 1) {
    ours.push(await controllerRound(site, applications));
    bare.push(await bareRound(site, applications, templates, 'writes'));
    whole.push(await bareRound(site, applications, templates, 'all'));
  }
  return rowsOf({ ours, bare, whole }, applications);
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
  const event = await firstEvent(site, place.namespace);
  await place.clear();
  await controller.stop();
  return templatesFrom(sample, secret, event);
}

/** Events come behind the work that they tell of. */
async function firstEvent({ client }: Site, namespace: string): Promise<EventObject> {
  for (;;) {
    const { items } = await client.send<{ readonly items: readonly EventObject[] }>('GET', eventsPath(namespace));
    if (items[0] !== undefined) return items[0];
    await sleep(50);
  }
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

async function bareRound(site: Site, count: number, templates: Templates, requests: Requests): Promise<Round> {
  const { access, client } = site;
  const bare = await startPartner('bare.ts');
  const place = await site.place();
  const { namespace } = place;
  const before = { own: usageOf(bare.pid).cpuSeconds, server: site.serverCPUSeconds() };
  const imitating: Imitating = { access, namespace, count, inFlight, templates, requests };
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

/** The rounds of each kind; `whole`: of a bare client that makes all five requests. */
type Rounds = Readonly<Record<'ours' | 'bare' | 'whole', readonly Round[]>>;

function rowsOf({ ours, bare, whole }: Rounds, count: number): readonly Row[] {
  const middle = (rounds: readonly Round[], of: keyof Round) => median(rounds.map((round) => round[of]));
  const perThousand = (cpuSeconds: number) => (cpuSeconds * 1000) / count;
  const cpu = (rounds: readonly Round[], of: 'ownCPU' | 'serverCPU') => perThousand(middle(rounds, of));
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
      value: cpu(ours, 'ownCPU'),
      unit: 's',
      ...target(3.5),
    },
    {
      what: 'the same, by the bare client’s',
      value: cpu(ours, 'ownCPU'),
      unit: 's',
      reference: { kind: 'limit', value: cpu(bare, 'ownCPU') },
      relative: '2.6–4.4 times its limit',
    },
    {
      what: 'the same five requests, by a bare client',
      value: cpu(whole, 'ownCPU'),
      unit: 's',
      reference: { kind: 'target', value: 3.5 },
    },
    {
      what: 'the controller’s, by that',
      value: cpu(ours, 'ownCPU'),
      unit: 's',
      reference: { kind: 'limit', value: cpu(whole, 'ownCPU') },
    },
    {
      what: 'the control plane’s CPU per 1,000',
      value: cpu(ours, 'serverCPU'),
      unit: 's',
      reference: { kind: 'limit', value: cpu(bare, 'serverCPU') },
    },
  ];
}
