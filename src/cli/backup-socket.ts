/**
 * How a backup is asked of the process that holds a store, the only one that can make it: over a Unix socket beside the
 * store, which only the store's owner may use. One request, one answer, both JSON.
 *
 * @module
 */

import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { json } from 'node:stream/consumers';
import { z } from 'zod';
import type { StoreRegistry } from '../registry/store/store.ts';
import { messageOf } from './workers.ts';

const request = z.strictObject({ to: z.string().min(1) });
const answer = z.strictObject({ refusal: z.string().optional() });

/** Told of each backup. */
interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** The process that holds the store did not make the backup. */
export class BackupRefusedError extends Error {
  override readonly name = 'BackupRefusedError';
}

/**
 * The store, which now also makes backups on request until it is closed; without the socket where there can be none.
 *
 * @param path of the SQLite file, which this process holds: a socket that is there was left by one that died.
 */
export async function servingBackups(store: StoreRegistry, path: string, log: Log): Promise<StoreRegistry> {
  const reply = async (socket: Socket) => {
    const answered = await backUp(store, await json(socket), log);
    socket.end(JSON.stringify(answered));
  };
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    // Whoever goes away early is told nothing.
    socket.on('error', () => socket.destroy());
    reply(socket).catch(() => socket.destroy());
  });
  const sockets = socketsOf(server);
  try {
    await listen(server, socketOf(path));
  } catch (error) {
    log.warn({ error: messageOf(error) }, 'backups cannot be asked for');
    return store;
  }
  return { ...store, close: () => shut(server, sockets).then(() => store.close()) };
}

/**
 * Asks the process that holds the store for a backup; false if there is none that answers.
 *
 * @param to absolute: that process has a working directory of its own.
 * @throws BackupRefusedError
 */
export async function requestBackup(path: string, to: string): Promise<boolean> {
  const socket = connect({ path: socketOf(path) });
  try {
    await once(socket, 'connect');
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ECONNREFUSED')) return false;
    throw new BackupRefusedError(`the controller that holds the store cannot be asked: ${messageOf(error)}`);
  }
  socket.end(JSON.stringify({ to }));
  const { success, data } = answer.safeParse(await json(socket).catch(() => undefined));
  if (!success) throw new BackupRefusedError('the controller ended before the backup was made: try again');
  if (data.refusal !== undefined) throw new BackupRefusedError(data.refusal);
  return true;
}

async function backUp(store: StoreRegistry, asked: unknown, log: Log) {
  try {
    const { to } = request.parse(asked);
    await store.backup(to);
    log.info({ file: to }, 'backed up the store');
    return {};
  } catch (error) {
    log.warn({ error: messageOf(error) }, 'a backup failed');
    return { refusal: error instanceof Error ? error.message : String(error) };
  }
}

function socketOf(path: string): string {
  return `${path}.sock`;
}

/** Node binds before `listen` returns, so nobody else ever sees the socket with another mode. */
async function listen(server: Server, socket: string): Promise<void> {
  rmSync(socket, { force: true });
  const before = process.umask(0o177);
  try {
    server.listen(socket);
  } finally {
    process.umask(before);
  }
  await once(server, 'listening');
}

/** The connections that there are at any time. */
function socketsOf(server: Server): ReadonlySet<Socket> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  return sockets;
}

/** Whoever asked gets an answer; whoever did not ask yet is not waited for. */
async function shut(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  for (const socket of sockets) if (!socket.readableEnded) socket.destroy();
  await closed;
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
