/** The store in a SQLite file keeps the promises of a registry. */

import { registryConformance } from '../conformance.ts';
import { opened } from './fixtures.ts';

registryConformance('The store in a SQLite file', () => opened());
