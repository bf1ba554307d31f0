/**
 * The table of workloads. To add one, add it to a file of this folder: its calls are learned, and every fault is tried on
 * each.
 *
 * @module
 */

import { changes } from './changes.ts';
import { lives } from './lives.ts';
import { outside } from './outside.ts';
import { rivalries } from './rivalries.ts';
import { rotations } from './rotations.ts';
import { terms } from './terms.ts';
import type { Workload } from './workload.ts';

export const workloads: readonly Workload[] = [...lives, ...changes, ...outside, ...rotations, ...rivalries, ...terms];
