import { NotFoundException } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import express from 'express';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { finished } from 'node:stream';

import { type KeyPair } from '../config/key-pair.js';
import { connectionOf } from './connections.js';
import { markUnserved } from './reject-unserved.js';
import { assignRequestId } from './request-id.js';
import { isForAnybody, isProbe, isWebhookPath, pathOf } from './webhook-paths.js';
import { type ListenerObserver, WebhookServer } from './webhook-server.js';

/** How long a sender that was answered early may go on sending. */
const LINGER_MS = 2000;

/** Of a response: called with its status once that is decided. */
export const ON_ANSWER = Symbol('on answer');

export interface ObservedResponse extends ServerResponse {
  [ON_ANSWER]?: (status: number) => void;
}

/** Whether something is served to who comes by a listener. */
type Served = (method: string, path: string) => boolean;

type Handler = (request: IncomingMessage, response: ServerResponse, next?: () => void) => unknown;

/**
 * Express, but for webhooks, which go straight to their handler: Express' way there and back, with a layer for every route
 * and middleware, takes a third of all CPU time that a webhook of 10 KiB costs. So no middleware sees a webhook, and its
 * response has nothing of Express'.
 */
export class WebhookHttpAdapter extends ExpressAdapter {
  readonly #webhookHandlers = new Map<string, Handler>();
  readonly #listeners: WebhookServer[] = [];
  #closing = false;
  #lastRequestAt = -Infinity;
  #readTimeoutMs: number | undefined;
  #observer: ListenerObserver | undefined;

  constructor() {
    const app = express();
    app.enable('case sensitive routing');
    app.enable('strict routing');
    app.disable('x-powered-by');
    app.disable('query parser');
    super(app);
  }

  override initHttpServer(): void {
    this.setHttpServer(this.#add({}).server);
  }

  /**
   * A listener that serves nothing but webhooks and what tells of health. Its limits are those of the first, and by TLS
   * some more; it ends with it.
   * @param pair absent: without TLS
   */
  addWebhookServer(pair?: KeyPair): WebhookServer {
    return this.#add({ pair, isServed: isForAnybody });
  }

  override post(path: unknown, handler?: unknown): unknown {
    if (isWebhookPath(path)) this.#webhookHandlers.set(path, handler as Handler);
    return super.post(path, handler as never) as unknown;
  }

  /** Cuts off a request that has not come in whole after `readTimeoutMs` and time for an answer. */
  limitRequestTime(readTimeoutMs: number): void {
    this.#readTimeoutMs = readTimeoutMs;
    for (const listener of this.#listeners) listener.limitRequestTime(readTimeoutMs);
  }

  observe(observer: ListenerObserver): void {
    this.#observer = observer;
    observer.opened(this.#connections);
  }

  /** Monotonic time of the last request that was no probe. */
  get lastRequestAt(): number {
    return this.#lastRequestAt;
  }

  /** Where it listens, in the order in which the listeners were added; `null`: one does not. */
  get addresses(): (AddressInfo | null)[] {
    return this.#listeners.map(({ server }) => server.address() as AddressInfo | null);
  }

  /** From now on every answer closes its connection. */
  announceClosing(): void {
    this.#closing = true;
  }

  /** Nothing is served at a path that cannot be decoded, as at any other unknown one. */
  override mapException(error: unknown): unknown {
    return error instanceof URIError ? new NotFoundException() : super.mapException(error);
  }

  override status(response: ServerResponse, statusCode: number): void {
    response.statusCode = statusCode;
  }

  override setHeader(response: ServerResponse, name: string, value: string): void {
    response.setHeader(name, value);
  }

  override reply(response: ObservedResponse, body: unknown, statusCode = response.statusCode): unknown {
    const early = !response.req.complete && typeof body === 'string';
    const connection = connectionOf(response.req.socket);
    // Who goes on sending without awaiting what became of the last one does not hear of the next.
    const unheeded = statusCode >= 400 && connection !== undefined && connection.waiting.length > 0;
    if (this.#closing || early || unheeded) {
      response.setHeader('Connection', 'close');
      if (connection !== undefined) connection.over = true;
    }
    response[ON_ANSWER]?.(statusCode);
    if (typeof body !== 'string') return super.reply(response, body, statusCode) as unknown;
    response.statusCode = statusCode;
    if (early) answerEarly(response, body);
    else response.end(body);
    return response;
  }

  /** Takes no new connections. @returns resolves when those that there are have ended. */
  override async close(): Promise<void> {
    await Promise.all(this.#listeners.map((listener) => listener.close()));
  }

  /** Ends all connections. */
  cutOff(): void {
    for (const listener of this.#listeners) listener.cutOff();
  }

  get #connections(): number {
    return this.#listeners.reduce((sum, { connections }) => sum + connections, 0);
  }

  #add({ pair, isServed = () => true }: { pair?: KeyPair | undefined; isServed?: Served }): WebhookServer {
    const listener: WebhookServer = new WebhookServer({
      pair,
      observer: {
        opened: () => this.#observer?.opened(this.#connections),
        evicted: (busy) => this.#observer?.evicted(busy),
        refused: (refusal) => this.#observer?.refused(refusal),
        handshakeFailed: (fault, why) => this.#observer?.handshakeFailed(fault, why),
      },
      serve: ({ request, response }) => {
        assignRequestId(request, response);
        if (request.headers.host === undefined && request.httpVersion === '1.1') {
          listener.refuse({ request, response }, 400, 'the Host header is missing');
          return;
        }
        this.#serve(request, response, isServed);
      },
    });
    if (this.#readTimeoutMs !== undefined) listener.limitRequestTime(this.#readTimeoutMs);
    this.#listeners.push(listener);
    return listener;
  }

  #serve(request: IncomingMessage, response: ServerResponse, isServed: Served): void {
    const { method = '' } = request;
    const path = pathOf(request);
    if (!isProbe(method, path)) this.#lastRequestAt = performance.now();
    const isHere = isServed(method, path);
    if (!isHere) markUnserved(request);
    const handler = isHere && method === 'POST' ? this.#webhookHandlers.get(path) : undefined;
    (handler ?? this.getInstance<Handler>())(request, response);
  }
}

/**
 * Answers a request whose body is still on its way. Closing the connection right away would reset it, and the sender,
 * still sending, would not get to see the answer: so what it sends is thrown away for a while first.
 */
function answerEarly(response: ServerResponse, text: string): void {
  const { req: request } = response;
  response.setHeader('Content-Length', Buffer.byteLength(text));
  response.write(text);
  const timer = setTimeout(() => response.end(), LINGER_MS);
  finished(request, () => {
    clearTimeout(timer);
    response.end();
  });
  request.resume();
}
