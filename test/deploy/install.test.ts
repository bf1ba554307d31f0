/** What the documentation says of the controller's rights is what its roles grant. */

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { Manifest } from './manifests.ts';
import { grantedTo } from './rights.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** Files with the roles that are bound to the controller. */
const roles = ['deploy/base/rbac.yaml', 'deploy/components/monitoring/rbac.yaml'];

/** The rows of the table, which begin with `group/resource` and a list of verbs. */
const rows = /^\| `(?<resource>[a-z.0-9/]*\/[a-z/]+)` \| `(?<verbs>[a-z ]+)` \|/gm;

test('the table of rights is complete, and says no more than is granted', () => {
  const manifests = roles.flatMap((path) => parseAllDocuments(read(path)).map((each): Manifest => each.toJS()));
  const told = [...read('docs/operations/install.md').matchAll(rows)].flatMap(({ groups }) =>
    (groups?.['verbs'] ?? '').split(' ').map((verb) => `${verb} ${groups?.['resource']}`),
  );
  expect(told.toSorted()).toEqual([...grantedTo('ramify-controller', manifests)].toSorted());
});
