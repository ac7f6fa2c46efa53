import { NotFoundException } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import express from 'express';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Socket } from 'node:net';
import { finished } from 'node:stream';

import { type Connection, type Exchange } from './connection.js';
import { Connections, type ConnectionsObserver } from './connections.js';
import { CutOff } from './cut-off.js';
import { OneAtATime } from './one-at-a-time.js';
import { type Refusal, refusalOf } from './refusal.js';
import { assignRequestId } from './request-id.js';
import { isWebhookPath } from './webhook-paths.js';

/**
 * The webhook listener. kube-rbac-proxy, a Go reverse proxy, stands in front of it, and the internet in front of that.
 * How long a whole request may take is configured; every other limit stands here with its reason.
 */
const SERVER_OPTIONS = {
  // GitHub sends about 1 KiB of headers; proxies add theirs.
  maxHeaderSize: 16 * 1024,
  // As much of a body as piles up while it is held back; newer versions of Node have 64 KiB, which of pieces of one byte are
  // 64 Ki objects: 1.5 million such pieces took 446 MiB with it.
  highWaterMark: 16 * 1024,
  // Headers come in one packet. A sender this slow is no GitHub.
  headersTimeout: 5000,
  // Longer than the 90 s after which Go drops an idle connection, so that a request never meets one we just closed.
  keepAliveTimeout: 95_000,
  // How often the two timeouts are looked at; Node's 30 s would make them half a minute late.
  connectionsCheckingInterval: 1000,
  // A request without one is refused here, where it is heard of.
  requireHostHeader: false,
};

// A few hundred webhooks at once is a bad day; a connection without a payload costs some 20 KiB.
const MAX_CONNECTIONS = 2000;

// A request that waits costs some 4 KiB, and no sender that is meant to be here lets one wait.
const MAX_WAITING_REQUESTS = 4096;

/** How long a sender that was answered early may go on sending. */
const LINGER_MS = 2000;

/** Grace for the answer to a webhook that came too slowly; then Node cuts the connection. */
const AFTER_READ_TIMEOUT_MS = 2000;

/** Of a response: called with its status once that is decided. */
export const ON_ANSWER = Symbol('on answer');

export interface ObservedResponse extends ServerResponse {
  [ON_ANSWER]?: (status: number) => void;
}

/** Told of what happens on the listener before a handler gets to see it. */
export interface ListenerObserver extends ConnectionsObserver {
  refused(refusal: Refusal): void;
}

type Handler = (request: IncomingMessage, response: ServerResponse, next?: () => void) => unknown;

/**
 * Express, but for webhooks, which go straight to their handler: Express' way there and back, with a layer for every route
 * and middleware, takes a third of all CPU time that a webhook of 10 KiB costs. So no middleware sees a webhook, and its
 * response has nothing of Express'.
 */
export class WebhookHttpAdapter extends ExpressAdapter {
  readonly #webhookHandlers = new Map<string, Handler>();
  #closing = false;
  #observer: ListenerObserver | undefined;
  readonly #connections = new Connections(MAX_CONNECTIONS, {
    opened: (connections) => this.#observer?.opened(connections),
    evicted: (busy) => this.#observer?.evicted(busy),
  });

  constructor() {
    const app = express();
    app.enable('case sensitive routing');
    app.enable('strict routing');
    app.disable('x-powered-by');
    app.disable('etag');
    app.disable('query parser');
    super(app);
  }

  override initHttpServer(): void {
    const viaExpress = this.getInstance<Handler>();
    const serve = ({ request, response }: Exchange) => {
      assignRequestId(request, response);
      if (request.headers.host === undefined && request.httpVersion === '1.1') {
        this.#refuse({ request, response }, 400, 'the Host header is missing');
        return;
      }
      const handler = this.#webhookHandlerOf(request) ?? viaExpress;
      handler(request, response);
    };
    const requests = new OneAtATime(MAX_WAITING_REQUESTS, serve, (connection) => {
      const cause = new CutOff('malformed', 'too many requests were sent without awaiting an answer');
      this.#cut(connection, { status: 400, cause });
    });
    const handle = (request: IncomingMessage, response: ServerResponse) => {
      const connection = this.#connections.of(request.socket);
      if (connection === undefined) return;
      this.#connections.used(connection);
      requests.take(connection, { request, response });
    };
    const server: Server & { httpAllowHalfOpen?: boolean } = createServer(SERVER_OPTIONS, handle);
    // Their size is limited; those beyond Node's limit of their number would silently be missing at the backends.
    server.maxHeadersCount = 0;
    // A sender that has said all it has to say may still listen. @see https://github.com/nodejs/node/pull/22115
    server.httpAllowHalfOpen = true;
    // `Expect: 100-continue` is answered when the payload is wanted, so that a refusal comes before it is sent.
    server.on('checkContinue', handle);
    server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
      this.#refuse({ request, response }, 417, 'the Expect header asks for what is not known');
    });
    server.on('connection', (socket: Socket) => {
      this.#connections.open(socket);
    });
    server.on('clientError', (error: Error, socket: Socket) => {
      this.#onClientError(error, socket);
    });
    server.on('connect', (_request: IncomingMessage, socket: Socket) => {
      this.#onClientError(Object.assign(new Error('this is no proxy'), { code: 'HPE_CONNECT' }), socket);
    });
    this.setHttpServer(server);
  }

  override post(path: unknown, handler?: unknown): unknown {
    if (isWebhookPath(path)) this.#webhookHandlers.set(path, handler as Handler);
    return super.post(path, handler as never) as unknown;
  }

  /** Cuts off a request that has not come in whole after `readTimeoutMs` and time for an answer. */
  limitRequestTime(readTimeoutMs: number): void {
    const server = this.getHttpServer() as Server;
    server.requestTimeout = readTimeoutMs + AFTER_READ_TIMEOUT_MS;
    server.headersTimeout = Math.min(server.headersTimeout, server.requestTimeout);
  }

  observe(observer: ListenerObserver): void {
    this.#observer = observer;
    observer.opened(this.#connections.size);
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
    const connection = this.#connections.of(response.req.socket);
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

  #refuse({ request, response }: Exchange, status: number, why: string): void {
    const connection = this.#connections.of(request.socket);
    if (connection !== undefined) connection.over = true;
    this.#observer?.refused({ status, cause: new CutOff('malformed', why) });
    response.writeHead(status, { Connection: 'close' }).end();
  }

  /** What Node does without a listener, and the observer is told. */
  #onClientError(error: Error, socket: Socket): void {
    const connection = this.#connections.of(socket);
    if (connection === undefined || connection.over || socket.destroyed) {
      socket.destroy();
      return;
    }
    const refusal = refusalOf(error);
    if (refusal === undefined) socket.destroy(error);
    else this.#cut(connection, refusal);
  }

  #cut(connection: Connection, refusal: Refusal): void {
    const { arriving, socket } = connection;
    // Of a body that is cut off, whoever reads it tells; where no byte has come, nothing was asked.
    const untold = !arriving && socket.bytesRead > 0;
    connection.cut(refusal.cause, refusal.status);
    if (untold) this.#observer?.refused(refusal);
  }

  #webhookHandlerOf({ method, url = '' }: IncomingMessage): Handler | undefined {
    if (method !== 'POST') return undefined;
    const queryAt = url.indexOf('?');
    return this.#webhookHandlers.get(queryAt < 0 ? url : url.slice(0, queryAt));
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
