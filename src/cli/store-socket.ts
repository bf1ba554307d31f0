/**
 * How a backup or a new seal is asked of the process that holds a store, the only one that can do either: over a Unix
 * socket beside the store, which only the store's owner may use. One request, one answer, both JSON.
 *
 * @module
 */

import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { json } from 'node:stream/consumers';
import * as z from 'zod';
import { messageOf } from '../controller/log.ts';
import type { Resealed } from '../registry/store/reseal.ts';
import type { StoreRegistry } from '../registry/store/store.ts';

const request = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('backup'), to: z.string().min(1) }),
  z.strictObject({ do: z.literal('reseal') }),
]);
const resealed = z.strictObject({ version: z.int(), count: z.int() });
const answer = z.union([
  z.strictObject({ refusal: z.string() }),
  z.strictObject({ done: z.union([z.literal('backup'), resealed]) }),
]);

type Answer = z.infer<typeof answer>;

/** Told of all that is asked. */
interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** The process that holds the store did not do what it was asked. */
export class RequestRefusedError extends Error {
  override readonly name = 'RequestRefusedError';
}

/**
 * The store, of which backups and new seals can now be asked until it is closed; without the socket where there can be none.
 *
 * @param path of the SQLite file, which this process holds: a socket that is there was left by one that died.
 */
export async function servingRequests(store: StoreRegistry, path: string, log: Log): Promise<StoreRegistry> {
  const closing = new AbortController();
  const reply = async (socket: Socket) => {
    const answered = await carryOut(await json(socket), store, log, closing.signal);
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
    log.warn({ error: messageOf(error) }, 'neither a backup nor a new seal can be asked for');
    return store;
  }
  const close = async () => {
    closing.abort(
      new RequestRefusedError('the controller ended before it was done: the next start seals what is left'),
    );
    await shut(server, sockets);
    await store.close();
  };
  return { ...store, close };
}

/**
 * Asks the process that holds the store for a backup; false if there is none that answers.
 *
 * @param to absolute: that process has a working directory of its own.
 * @throws RequestRefusedError
 */
export async function requestBackup(path: string, to: string): Promise<boolean> {
  return (await ask(path, { do: 'backup', to })) !== undefined;
}

/**
 * Asks the process that holds the store to read its key file again and to seal all with the newest key; `undefined` if
 * there is none that answers.
 *
 * @throws RequestRefusedError
 */
export async function requestReseal(path: string): Promise<Resealed | undefined> {
  const done = await ask(path, { do: 'reseal' });
  return done === 'backup' ? undefined : done;
}

async function ask(path: string, asked: z.infer<typeof request>) {
  const socket = connect({ path: socketOf(path) });
  try {
    await once(socket, 'connect');
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ECONNREFUSED')) return undefined;
    throw new RequestRefusedError(`the controller that holds the store cannot be asked: ${messageOf(error)}`);
  }
  socket.end(JSON.stringify(asked));
  const { success, data } = answer.safeParse(await json(socket).catch(() => undefined));
  if (!success) throw new RequestRefusedError('the controller ended before it was done: try again');
  if ('refusal' in data) throw new RequestRefusedError(data.refusal);
  return data.done;
}

async function carryOut(asked: unknown, store: StoreRegistry, log: Log, closing: AbortSignal): Promise<Answer> {
  try {
    const order = request.parse(asked);
    return { done: await (order.do === 'backup' ? backUp(store, order.to, log) : sealAnew(store, log, closing)) };
  } catch (error) {
    log.warn({ error: messageOf(error) }, 'what was asked of the store was not done');
    return { refusal: error instanceof Error ? error.message : String(error) };
  }
}

async function backUp(store: StoreRegistry, to: string, log: Log) {
  await store.backup(to);
  log.info({ file: to }, 'backed up the store');
  return 'backup' as const;
}

async function sealAnew(store: StoreRegistry, log: Log, closing: AbortSignal): Promise<Resealed> {
  const done = await store.reseal((left) => log.info({ left }, 'sealing with a new key'), closing);
  log.info({ ...done }, 'sealed with the newest key');
  return done;
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
