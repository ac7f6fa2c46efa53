import { EventEmitter, once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** Shorter would close connections that a proxy is about to use. */
const KEEP_ALIVE_MS = 60_000;

/** Certificate and key, as PEM. */
export interface Tls {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** A real HTTP server on a free loopback port, that can be stopped and listen again. */
export class LoopbackServer {
  connections = 0;
  readonly server: Server;
  readonly #scheme: 'http' | 'https';
  #port = 0;

  constructor(listener: RequestListener, tls?: Tls) {
    this.#scheme = tls === undefined ? 'http' : 'https';
    const options = { keepAliveTimeout: KEEP_ALIVE_MS, ...tls };
    this.server = tls === undefined ? createServer(options, listener) : createTlsServer(options, listener);
    this.server.on('connection', () => (this.connections += 1));
  }

  get port(): number {
    return this.#port;
  }

  get host(): string {
    return `127.0.0.1:${this.#port}`;
  }

  get url(): string {
    return `${this.#scheme}://${this.host}`;
  }

  /** At the port it had before, if it had one. */
  async listen(): Promise<void> {
    this.server.listen(this.#port, '127.0.0.1');
    await once(this.server, 'listening');
    this.#port = (this.server.address() as AddressInfo).port;
  }

  /** Resolves when nobody can reach it any more, also if it was stopped before. */
  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => {
        resolve();
      });
      this.server.closeAllConnections();
    });
  }
}

/** One webhook as a backend got it. */
export interface ReceivedWebhook {
  readonly method: string;
  /** Path and query as they came. */
  readonly target: string;
  readonly headers: IncomingMessage['headers'];
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  /** `performance.now()` when the body was complete. */
  readonly at: number;
}

/** A status to answer with, or code that answers (or does not). */
export type Reaction = number | ((request: IncomingMessage, response: ServerResponse) => unknown);

/** Stands in for the Pipelines-as-Code of a cluster: records what it gets, answers by a script. */
export class Backend extends EventEmitter<{ received: [ReceivedWebhook] }> {
  readonly received: ReceivedWebhook[] = [];
  readonly #loopback: LoopbackServer;

  /** @param reactions to the first webhook, the second and so on; the last one is for all that follow. */
  protected constructor(
    private readonly reactions: readonly Reaction[],
    tls?: Tls,
  ) {
    super();
    this.setMaxListeners(0);
    this.#loopback = new LoopbackServer((request, response) => void this.#take(request, response), tls);
  }

  get server(): Server {
    return this.#loopback.server;
  }

  get connections(): number {
    return this.#loopback.connections;
  }

  get host(): string {
    return this.#loopback.host;
  }

  get url(): string {
    return this.#loopback.url;
  }

  /** At the port it had before, if it had one. */
  listen(): Promise<void> {
    return this.#loopback.listen();
  }

  /** Resolves when nobody can reach it any more, also if it was stopped before. */
  stop(): Promise<void> {
    return this.#loopback.stop();
  }

  /** Resolves once `count` webhooks have arrived whole. */
  async receive(count: number): Promise<readonly ReceivedWebhook[]> {
    while (this.received.length < count) await once(this, 'received');
    return this.received;
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const reaction = this.reactions[Math.min(this.received.length, this.reactions.length - 1)] ?? 202;
    const { method = '', url: target = '', headers, rawHeaders } = request;
    // Whoever sent it may have been killed meanwhile.
    const body = await buffer(request).catch(() => undefined);
    if (body === undefined) return;
    const webhook = { method, target, headers, rawHeaders, body, at: performance.now() };
    this.received.push(webhook);
    this.emit('received', webhook);
    if (typeof reaction === 'number') response.writeHead(reaction).end(`answer ${reaction}`);
    else await reaction(request, response);
  }
}
