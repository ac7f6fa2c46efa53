import { NotFoundException } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import express, { type Response } from 'express';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Socket } from 'node:net';
import { finished } from 'node:stream';

/**
 * The webhook listener. kube-rbac-proxy, a Go reverse proxy, stands in front of it, and the internet in front of that.
 * How long a whole request may take is configured; every other limit stands here with its reason.
 */
const SERVER_OPTIONS = {
  // GitHub sends about 1 KiB of headers; proxies add theirs.
  maxHeaderSize: 16 * 1024,
  // Headers come in one packet. A sender this slow is no GitHub.
  headersTimeout: 5000,
  // Longer than the 90 s after which Go drops an idle connection, so that a request never meets one we just closed.
  keepAliveTimeout: 95_000,
  // How often the two timeouts are looked at; Node's 30 s would make them half a minute late.
  connectionsCheckingInterval: 1000,
};

// A few hundred webhooks at once is a bad day; a connection without a payload costs some 20 KiB.
const MAX_CONNECTIONS = 2000;

/** How long a sender that was answered early may go on sending. */
const LINGER_MS = 2000;

/** Grace for the answer to a webhook that came too slowly; then Node cuts the connection. */
const AFTER_READ_TIMEOUT_MS = 2000;

/** Event of a response, with its status: what it will be is decided now. */
export const ANSWERED = Symbol('answered');

export class WebhookHttpAdapter extends ExpressAdapter {
  #closing = false;
  /** Connections that have been told of their end. */
  readonly #closed = new WeakSet<Socket>();

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
    const answer = this.getInstance<(request: IncomingMessage, response: ServerResponse) => void>();
    // What was pipelined behind a request whose answer closes the connection would be done without an answer.
    const handle = (request: IncomingMessage, response: ServerResponse) => {
      if (!this.#closed.has(request.socket)) answer(request, response);
    };
    const server: Server = createServer(SERVER_OPTIONS, handle);
    server.maxConnections = MAX_CONNECTIONS;
    // Their size is limited; those beyond Node's limit of their number would silently be missing at the backends.
    server.maxHeadersCount = 0;
    // `Expect: 100-continue` is answered when the payload is wanted, so that a refusal comes before it is sent.
    server.on('checkContinue', handle);
    this.setHttpServer(server);
  }

  /** Cuts off a request that has not come in whole after `readTimeoutMs` and time for an answer. */
  limitRequestTime(readTimeoutMs: number): void {
    const server = this.getHttpServer() as Server;
    server.requestTimeout = readTimeoutMs + AFTER_READ_TIMEOUT_MS;
    server.headersTimeout = Math.min(server.headersTimeout, server.requestTimeout);
  }

  /** From now on every answer closes its connection. */
  announceClosing(): void {
    this.#closing = true;
  }

  /** Nothing is served at a path that cannot be decoded, as at any other unknown one. */
  override mapException(error: unknown): unknown {
    return error instanceof URIError ? new NotFoundException() : super.mapException(error);
  }

  override reply(response: Response, body: unknown, statusCode?: number): unknown {
    const early = !response.req.complete && typeof body === 'string';
    if (this.#closing || early) {
      response.setHeader('Connection', 'close');
      this.#closed.add(response.req.socket);
    }
    response.emit(ANSWERED, statusCode ?? response.statusCode);
    if (early) {
      answerEarly(response, body, statusCode);
      return;
    }
    return super.reply(response, body, statusCode) as unknown;
  }
}

/**
 * Answers a request whose body is still on its way. Closing the connection right away would reset it, and the sender,
 * still sending, would not get to see the answer: so what it sends is thrown away for a while first.
 */
function answerEarly(response: Response, text: string, statusCode = response.statusCode): void {
  const { req: request } = response;
  response.status(statusCode).setHeader('Content-Length', Buffer.byteLength(text));
  response.write(text);
  const timer = setTimeout(() => response.end(), LINGER_MS);
  finished(request, () => {
    clearTimeout(timer);
    response.end();
  });
  request.resume();
}
