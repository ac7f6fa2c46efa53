import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type Socket } from 'node:net';

import { type KeyPair } from '../config/key-pair.js';
import { type Connection, type Exchange } from './connection.js';
import { Connections, connectionOf, type ConnectionsObserver } from './connections.js';
import { CutOff } from './cut-off.js';
import { type HandshakeFault, Handshakes } from './handshakes.js';
import { OneAtATime } from './one-at-a-time.js';
import { type Refusal, refusalOf } from './refusal.js';
import { tlsOptions } from './tls-options.js';

/**
 * A listener that webhooks come in at. A proxy stands in front of it, kube-rbac-proxy or the router of a cluster, and the
 * internet in front of that. How long a whole request may take is configured; every other limit stands here with its reason.
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
  // A request without one is refused here, where it is heard of.
  requireHostHeader: false,
};

const TLS_SERVER_OPTIONS = {
  // It comes before the headers, and takes a round trip or two.
  handshakeTimeout: 5000,
  // A sender that has said all it has to say may still listen.
  allowHalfOpen: true,
};

// A few hundred webhooks at once is a bad day; a connection without a payload costs some 20 KiB.
const MAX_CONNECTIONS = 2000;

// Those by TLS whose request is not in whole: what they have agreed with us may hold 130 KiB of what they said.
const MAX_UNSERVED_BY_TLS = 500;

// They take a few ms of CPU each, and there is one thread.
const MAX_HANDSHAKES = 100;

// A request that waits costs some 4 KiB, and no sender that is meant to be here lets one wait.
const MAX_WAITING_REQUESTS = 4096;

/** A head is one packet: of what has begun to come when the listener closes, it is there by then. */
const SWEEP_INTERVAL_MS = 500;

/** Grace for the answer to a webhook that came too slowly; then Node cuts the connection. */
const AFTER_READ_TIMEOUT_MS = 2000;

/** Told of what happens on a listener before a handler gets to see it. */
export interface ListenerObserver extends ConnectionsObserver {
  refused(refusal: Refusal): void;
  handshakeFailed(fault: HandshakeFault, why: string): void;
}

interface Options {
  /** Serves a request that is HTTP. */
  readonly serve: (exchange: Exchange) => void;
  readonly observer: ListenerObserver;
  /** Absent: no TLS. */
  readonly pair?: KeyPair | undefined;
}

/** A server of Node's, with the limits of a listener that the internet gets at. */
export class WebhookServer {
  readonly server: Server;
  readonly #observer: ListenerObserver;
  readonly #connections: Connections;
  readonly #handshakes: Handshakes | undefined;
  #isCutOff = false;

  constructor({ serve, observer, pair }: Options) {
    this.#observer = observer;
    const maxUnserved = pair === undefined ? MAX_CONNECTIONS : MAX_UNSERVED_BY_TLS;
    this.#connections = new Connections({ max: MAX_CONNECTIONS, maxUnserved }, observer);
    const requests = new OneAtATime(MAX_WAITING_REQUESTS, serve, (connection) => {
      const cause = new CutOff('malformed', 'too many requests were sent without awaiting an answer');
      this.#cut(connection, { status: 400, cause });
    });
    const handle = (request: IncomingMessage, response: ServerResponse) => {
      const connection = connectionOf(request.socket);
      if (connection === undefined) return;
      this.#connections.used(connection);
      requests.take(connection, { request, response });
    };
    const server: Server & { httpAllowHalfOpen?: boolean } =
      pair === undefined
        ? createServer(SERVER_OPTIONS, handle)
        : createTlsServer({ ...SERVER_OPTIONS, ...TLS_SERVER_OPTIONS, ...tlsOptions(pair) }, handle);
    // Their size is limited; those beyond Node's limit of their number would silently be missing at the backends.
    server.maxHeadersCount = 0;
    // A sender that has said all it has to say may still listen. @see https://github.com/nodejs/node/pull/22115
    server.httpAllowHalfOpen = true;
    // `Expect: 100-continue` is answered when the payload is wanted, so that a refusal comes before it is sent.
    server.on('checkContinue', handle);
    server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
      this.refuse({ request, response }, 417, 'the Expect header asks for what is not known');
    });
    const open = (socket: Socket) => {
      if (this.#isCutOff) socket.destroy();
      else this.#connections.open(socket);
    };
    if (pair === undefined) server.on('connection', open);
    else
      this.#handshakes = new Handshakes(MAX_HANDSHAKES, server, {
        secured: open,
        handshakeFailed: (fault, why) => {
          observer.handshakeFailed(fault, why);
        },
      });
    server.on('clientError', (error: Error, socket: Socket) => {
      this.#onClientError(error, socket);
    });
    server.on('connect', (_request: IncomingMessage, socket: Socket) => {
      this.#onClientError(Object.assign(new Error('this is no proxy'), { code: 'HPE_CONNECT' }), socket);
    });
    this.server = server;
  }

  get connections(): number {
    return this.#connections.size;
  }

  /** Cuts off a request that has not come in whole after `readTimeoutMs` and time for an answer. */
  limitRequestTime(readTimeoutMs: number): void {
    const { server } = this;
    server.requestTimeout = readTimeoutMs + AFTER_READ_TIMEOUT_MS;
    server.headersTimeout = Math.min(server.headersTimeout, server.requestTimeout);
  }

  /**
   * Takes no new connections, and ends those that bring no request: Node would wait for one that has never brought any, and
   * no longer looks how long heads take.
   * @returns resolves when all have ended
   */
  async close(): Promise<void> {
    const sweep = setInterval(() => {
      this.#handshakes?.end();
      this.#connections.endUnbusy();
    }, SWEEP_INTERVAL_MS);
    await new Promise<void>((resolve) => {
      this.server.close(() => {
        resolve();
      });
    });
    clearInterval(sweep);
  }

  /** Ends all connections, those still to come included. */
  cutOff(): void {
    this.#isCutOff = true;
    this.#handshakes?.end();
    this.server.closeAllConnections();
  }

  refuse({ request, response }: Exchange, status: number, why: string): void {
    const connection = connectionOf(request.socket);
    if (connection !== undefined) connection.over = true;
    this.#observer.refused({ status, cause: new CutOff('malformed', why) });
    response.writeHead(status, { Connection: 'close' }).end();
  }

  /** What Node does without a listener, and the observer is told. */
  #onClientError(error: Error, socket: Socket): void {
    const connection = connectionOf(socket);
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
    if (untold) this.#observer.refused(refusal);
  }
}
