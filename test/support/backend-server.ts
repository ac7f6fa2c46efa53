import { EventEmitter, once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

import { onCleanup } from './cleanup.js';
import { fixture } from './fixture.js';

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

/** A real HTTP server that stands in for the Pipelines-as-Code of a cluster: records what it gets, answers by a script. */
export class BackendServer extends EventEmitter<{ received: [ReceivedWebhook] }> {
  readonly received: ReceivedWebhook[] = [];
  connections = 0;

  private constructor(
    readonly server: Server,
    private readonly reactions: readonly Reaction[],
    private readonly scheme: 'http' | 'https',
  ) {
    super();
    this.setMaxListeners(0);
    server.on('connection', () => (this.connections += 1));
    server.on('request', (request, response) => void this.#react(request, response));
  }

  /** @param reactions to the first webhook, the second and so on; the last one is for all that follow. */
  static async start(...reactions: Reaction[]): Promise<BackendServer> {
    return BackendServer.#listening(new BackendServer(createServer(), reactions, 'http'));
  }

  /** @param certificate name of a fixture; each is for the key `localhost-key.pem` */
  static async startTls(certificate: string, ...reactions: Reaction[]): Promise<BackendServer> {
    const [cert, key] = [certificate, 'localhost-key.pem'].map((name) => readFileSync(fixture(name)));
    return BackendServer.#listening(new BackendServer(createTlsServer({ cert, key }), reactions, 'https'));
  }

  static async #listening(backend: BackendServer): Promise<BackendServer> {
    backend.server.listen(0, '127.0.0.1');
    await once(backend.server, 'listening');
    onCleanup(() => {
      backend.stop();
    });
    return backend;
  }

  get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get url(): string {
    return `${this.scheme}://${this.host}`;
  }

  /** Resolves once `count` webhooks have arrived whole. */
  async receive(count: number): Promise<readonly ReceivedWebhook[]> {
    while (this.received.length < count) await once(this, 'received');
    return this.received;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  async #react(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const reaction = this.reactions[Math.min(this.received.length, this.reactions.length - 1)] ?? 202;
    const webhook: ReceivedWebhook = {
      method: request.method ?? '',
      target: request.url ?? '',
      headers: request.headers,
      rawHeaders: request.rawHeaders,
      body: await buffer(request),
      at: performance.now(),
    };
    this.received.push(webhook);
    this.emit('received', webhook);
    if (typeof reaction === 'number') response.writeHead(reaction).end(`answer ${reaction}`);
    else await reaction(request, response);
  }
}
