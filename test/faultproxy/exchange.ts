/**
 * One request on its way through the fault proxy: what may be done to it and to its answer.
 *
 * @module
 */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** What a request is known by. */
export interface Call {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly isWatch: boolean;
}

/** What a request line asks for. */
export function callOf({ method = '', url = '' }: Pick<IncomingMessage, 'method' | 'url'>): Call {
  const { pathname: path, searchParams: query } = new URL(url, 'https://proxy');
  return { method, path, query, isWatch: ['true', '1'].includes(query.get('watch') ?? '') };
}

/** The two ends that an exchange stands between. */
export interface Ends {
  /** Sends the request to the API server, which then acts on it; resolves with the head of its answer. */
  readonly send: () => Promise<IncomingMessage>;
  /** What the client sent. */
  readonly body: Buffer;
  readonly response: ServerResponse;
  /** Resets the client's connection (TCP RST). */
  readonly reset: () => void;
}

/** A whole answer. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A request and its answer. Unless it is let through, by whichever method says so, it never reaches the server. */
export class Exchange {
  readonly call: Call;
  readonly #ends: Ends;
  #isSilent = false;

  constructor(call: Call, ends: Ends) {
    this.call = call;
    this.#ends = ends;
  }

  /** Whether the client still waits for (more of) the answer. */
  get isOpen(): boolean {
    return !this.#ends.response.closed && !this.#ends.response.writableEnded;
  }

  /** What the client sent, as text. */
  get body(): string {
    return this.#ends.body.toString('utf8');
  }

  /** Lets the request through, once more with each call; the client gets nothing. */
  async fetch(): Promise<Answer> {
    const answer = await this.#ends.send();
    const { 'content-type': type = '' } = answer.headers;
    const body = (await buffer(answer)).toString('utf8');
    return { status: answer.statusCode ?? 0, headers: { 'content-type': type }, body };
  }

  /** Lets the request through, and its answer as it comes: to its end, or so many bytes before the connection is cut. */
  async relay(bytes = Number.POSITIVE_INFINITY): Promise<void> {
    const { response } = this.#ends;
    const answer = await this.#send();
    if (this.#isSilent) return;
    response.writeHead(answer.statusCode ?? 0, endToEnd(answer.headers)).flushHeaders();
    for await (const chunk of first(bytes, answer)) {
      if (!this.#isSilent) await new Promise((written) => response.write(chunk, written));
    }
    if (this.#isSilent) return;
    if (bytes === Number.POSITIVE_INFINITY) response.end();
    else this.reset();
  }

  /** Lets the request through, and loses the answer: the connection is reset when all of it is there. */
  async lose(): Promise<void> {
    await this.fetch();
    this.reset();
  }

  /** Lets the request through, and a whole answer back with another body than the server's. */
  async replace(body: string): Promise<void> {
    const { status } = await this.fetch();
    this.answer(status, body);
  }

  /** Answers in place of the server. */
  answer(status: number, body: string | object, headers: Readonly<Record<string, string>> = {}): void {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    this.#ends.response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
  }

  /** Puts bytes into the answer that is being relayed, such as a line of a watch. */
  insert(text: string): void {
    this.#ends.response.write(text);
  }

  /** Ends an answer that is being relayed as the server would. */
  end(): void {
    this.#isSilent = true;
    this.#ends.response.end();
  }

  /** Lets nothing more through, and keeps the connection: a peer that is gone and never said so. */
  silence(): void {
    this.#isSilent = true;
  }

  /** Cuts the client's connection. */
  reset(): void {
    this.#isSilent = true;
    this.#ends.reset();
  }

  /** The server is told when the client leaves, and the client when the server does. */
  async #send(): Promise<IncomingMessage> {
    const { send, response } = this.#ends;
    const answer = await send();
    void once(response, 'close').then(() => answer.destroy());
    return answer;
  }
}

/** The first bytes of a stream. */
async function* first(bytes: number, stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let left = bytes;
  for await (const chunk of stream) {
    yield chunk.subarray(0, left);
    left -= chunk.length;
    if (left <= 0) return;
  }
}

/** Headers without those of one hop. */
function endToEnd(headers: IncomingMessage['headers']): IncomingMessage['headers'] {
  const { connection: _connection, 'keep-alive': _keepAlive, ...others } = headers;
  return others;
}
