/** A clock that is behind, and a client secret that somebody asks to have replaced. */

import { expect, it } from 'vitest';
import { rotationOf } from '../../src/core/rotation.ts';
import { desired, held, resource, settled, status, t0 } from '../support/builders.ts';

it.each([
  { hours: 1, issue: 'request' },
  { hours: -2, issue: undefined },
])('a request of an hour-old resource, $hours hours on: no intent from before it is believed', ({ hours, issue }) => {
  const { finalizers, annotations } = held();
  const clientSecrets = [{ id: 's1', role: 'Current' as const, createTime: '2026-01-01T00:00:00Z' }];
  const asked = { ...annotations, 'ramify.dev/rotate-requested-at': '1' };
  const recorded = status({ applicationID: 'app-1', provenance: 'Created', clientSecrets });
  const found = settled({
    resource: resource({ finalizers, annotations: asked, status: recorded }),
    time: t0 + hours * 3_600_000,
  });
  expect(rotationOf(desired(), found).issue).toBe(issue);
});
