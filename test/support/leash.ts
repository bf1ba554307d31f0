/**
 * Loaded into a process under test: ends it when its standard input ends.
 *
 * The kernel closes that pipe with whoever holds its other end, SIGKILL included, so no process outlives its test.
 *
 * @module
 */

import type { Socket } from 'node:net';

const { stdin } = process;
stdin.on('end', () => process.kill(process.pid, 'SIGKILL')).resume();
// A leash keeps nobody alive.
(stdin as unknown as Socket).unref();
