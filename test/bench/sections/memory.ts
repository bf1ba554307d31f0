/**
 * Much churn in little time: how memory grows with reconciles, of applications that come, change and go.
 *
 * @module
 */

import { applicationNames } from '../application.ts';
import type { MeasuredController } from '../controller.ts';
import type { Options } from '../options.ts';
import type { Row } from '../row.ts';
import type { Place, Site } from '../site.ts';
import { slope } from '../statistics.ts';

/** Applications that are there at a time, and how often each is changed before it goes. */
const [batch, changes] = [250, 3];

/** The share of the reconciles in which code is still compiled, and what remembers a bounded number of things fills up. */
const warmUp = 0.5;

/** Memory after so many reconciles, with all garbage collected. */
interface Sample {
  readonly reconciles: number;
  readonly heapMegabytes: number;
  readonly residentMegabytes: number;
}

export async function memory(site: Site, options: Options): Promise<readonly Row[]> {
  let reconciles = 0;
  const onLine = ({ msg }: Readonly<Record<string, unknown>>) => {
    if (msg === 'reconciled') reconciles += 1;
  };
  const controller = await site.start({ logLevel: 'debug', collectable: true, onLine });
  const place = await site.place();
  const samples: Sample[] = [];
  while (reconciles < options.reconciles) {
    await churn(place);
    samples.push({ reconciles, ...(await memoryOf(controller)) });
  }
  await controller.stop();
  return rowsOf(samples, options.reconciles * warmUp);
}

async function churn(place: Place): Promise<void> {
  await Promise.all([place.apply(applicationNames(batch)), place.until(() => place.ready.size === batch)]);
  for (let change = 1; change <= changes; change += 1) await place.update({ displayName: `Name ${change}` });
  await place.clear();
}

async function memoryOf(controller: MeasuredController): Promise<Omit<Sample, 'reconciles'>> {
  await controller.rest();
  const { heapMegabytes } = await controller.figures();
  return { heapMegabytes, residentMegabytes: controller.usage().residentMegabytes };
}

function rowsOf(samples: readonly Sample[], from: number): readonly Row[] {
  const later = samples.filter(({ reconciles }) => reconciles >= from);
  const growth = (of: keyof Sample) => slope(later.map((sample) => ({ x: sample.reconciles / 10_000, y: sample[of] })));
  const last = samples.at(-1);
  const unit = 'MB';
  return [
    { what: 'reconciles', value: last?.reconciles ?? 0, unit: '' },
    { what: 'live heap afterwards', value: last?.heapMegabytes ?? 0, unit },
    { what: 'resident memory afterwards', value: last?.residentMegabytes ?? 0, unit },
    ...(later.length < 2
      ? []
      : [
          { what: 'growth of the live heap per 10,000 reconciles', value: growth('heapMegabytes'), unit },
          { what: 'growth of resident memory per 10,000 reconciles', value: growth('residentMegabytes'), unit },
        ]),
  ];
}
