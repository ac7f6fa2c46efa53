import { type Connection, type Exchange } from './connection.js';

/**
 * Serves the requests of a connection one after the other. The proxies and GitHub await an answer before they send the
 * next request. Who does not gets its answers in turn, and nothing more of what it sends is read meanwhile: what has been
 * read already, some 64 KiB, may hold hundreds of requests.
 */
export class OneAtATime {
  #waiting = 0;

  /**
   * @param maxWaiting requests, of all connections together
   * @param refuse is given the connection that brings one more
   */
  constructor(
    private readonly maxWaiting: number,
    private readonly serve: (exchange: Exchange) => void,
    private readonly refuse: (connection: Connection) => void,
  ) {}

  take(connection: Connection, exchange: Exchange): void {
    if (connection.over) return;
    if (!connection.pipelined && !connection.busy) {
      this.#serve(connection, exchange);
    } else if (this.#waiting >= this.maxWaiting) {
      this.refuse(connection);
    } else {
      this.#wait(connection, exchange);
    }
  }

  #serve(connection: Connection, exchange: Exchange): void {
    connection.current = exchange;
    this.serve(exchange);
  }

  #wait(connection: Connection, exchange: Exchange): void {
    this.#waiting += 1;
    connection.waiting.push(exchange);
    connection.hold();
    if (connection.pipelined) return;
    connection.pipelined = true;
    this.#goOnAfter(connection, connection.current ?? exchange);
  }

  /** A response is closed with its connection as well. */
  #goOnAfter(connection: Connection, { response }: Exchange): void {
    response.once('close', () => {
      this.#next(connection);
    });
  }

  #next(connection: Connection): void {
    if (connection.over || connection.socket.destroyed) {
      this.#waiting -= connection.waiting.length;
      connection.waiting.length = 0;
      return;
    }
    const next = connection.waiting.shift();
    if (next === undefined) {
      connection.pipelined = false;
      connection.readOn();
      return;
    }
    this.#waiting -= 1;
    if (!next.request.complete) connection.readOn();
    this.#goOnAfter(connection, next);
    this.#serve(connection, next);
  }
}
