import { type Socket } from 'node:net';

import { type Clock } from '../../clock/clock.js';
import { type Dial } from './dial.js';
import { type Exchange } from './exchange.js';

/** Pipelines-as-Code closes a connection after 30 idle seconds; a request that meets the closing is of unknown outcome. */
const IDLE_MS = 20_000;

/** How long before the end that a backend announces for its idle connections no request is begun on one. */
const IDLE_MARGIN_MS = 1000;

/** A backend that has moved is noticed under steady traffic too. */
export const MAX_AGE_MS = 5 * 60_000;

export interface ConnectionEvents {
  readonly onFree: (connection: Connection) => void;
  readonly onClosed: (connection: Connection) => void;
}

/** A connection to a backend, with one request on it at a time. */
export class Connection {
  readonly openedAt: number;
  freeSince = 0;
  /** When it is too old to be used again, in the clock's monotonic ms. */
  usableUntil = 0;
  closed = false;
  #socket: Socket | undefined;
  #exchange: Exchange | undefined;
  readonly #cutOff = () => {
    this.close('cut off');
  };
  readonly #hangUp: () => void;

  constructor(
    dial: Dial,
    first: Exchange,
    private readonly clock: Clock,
    private readonly events: ConnectionEvents,
  ) {
    this.openedAt = clock.monotonic();
    this.#exchange = first;
    first.cutOff = this.#cutOff;
    this.#hangUp = dial({
      onReady: (socket) => {
        this.#socket = socket;
        this.send(first);
      },
      onBytes: (bytes) => {
        this.#receive(bytes);
      },
      onOver: (error) => {
        this.close(error === undefined ? 'the connection ended before the answer' : describe(error));
      },
    });
  }

  /** Head and payload leave in one system call. */
  send(exchange: Exchange): void {
    const socket = this.#socket as Socket;
    this.#exchange = exchange;
    exchange.cutOff = this.#cutOff;
    const { head, payload } = exchange.begin();
    socket.cork();
    socket.write(head, 'latin1');
    for (const part of payload.parts) socket.write(part);
    socket.uncork();
  }

  close(why: string): void {
    if (this.closed) return;
    this.closed = true;
    this.#hangUp();
    this.#exchange?.end(why);
    this.events.onClosed(this);
  }

  #receive(bytes: Buffer): void {
    const exchange = this.#exchange;
    if (exchange === undefined) {
      this.close('bytes without a request');
      return;
    }
    exchange.read(bytes);
    if (exchange.over) this.#free(exchange);
  }

  #free(exchange: Exchange): void {
    // An answer that came before the whole request was sent leaves the rest of it on the way.
    if (this.closed || !exchange.reusable || this.#socket?.writableLength !== 0) {
      this.close('done');
      return;
    }
    this.#exchange = undefined;
    this.freeSince = this.clock.monotonic();
    const idleMs = Math.min(IDLE_MS, (exchange.keepAliveMs ?? Infinity) - IDLE_MARGIN_MS);
    this.usableUntil = Math.min(this.freeSince + idleMs, this.openedAt + MAX_AGE_MS);
    this.events.onFree(this);
  }
}

/** Code and message; the errors of all addresses of a host come as one without a message. */
function describe(error: Error & { code?: string }): string {
  const message = error instanceof AggregateError ? error.errors.map(String).join('; ') : error.message;
  return error.code === undefined || message.includes(error.code) ? message : `${error.code}: ${message}`;
}
