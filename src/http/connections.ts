import { type Socket } from 'node:net';

import { Connection } from './connection.js';
import { CutOff } from './cut-off.js';

const CONNECTION = Symbol('connection');

interface KnownSocket extends Socket {
  [CONNECTION]?: Connection;
}

/** What is known of a connection; `undefined`: it is on no listener, or has not made its TLS. */
export const connectionOf = (socket: KnownSocket): Connection | undefined => socket[CONNECTION];

/** Told of connections. */
export interface ConnectionsObserver {
  /** How many there are has changed. */
  opened(connections: number): void;
  /** One had to give way to another. @param busy whether it was bringing a request */
  evicted(busy: boolean): void;
}

/** How many connections there may be. */
export interface ConnectionLimits {
  readonly max: number;
  /** Those that do not await the answer to a request which is in whole. */
  readonly maxUnserved: number;
}

/**
 * All connections, which are limited: for one more, the one that has been idle longest gives way. There is no limit
 * for a peer, since all of them may come through one proxy.
 */
export class Connections {
  /** Whose last request began longest ago comes first. */
  readonly #open = new Set<Connection>();

  constructor(
    private readonly limits: ConnectionLimits,
    private readonly observer: ConnectionsObserver,
  ) {}

  get size(): number {
    return this.#open.size;
  }

  open(socket: KnownSocket): void {
    const connection = new Connection(socket, performance.now());
    socket[CONNECTION] = connection;
    if (this.#isFull) this.#evictFor(connection);
    if (socket.destroyed) return;
    this.#open.add(connection);
    this.observer.opened(this.#open.size);
    socket.once('close', () => {
      this.#forget(connection);
    });
  }

  /** It brings a request. */
  used(connection: Connection): void {
    if (this.#open.delete(connection)) this.#open.add(connection);
  }

  /** Ends those that bring no request. */
  endUnbusy(): void {
    for (const { busy, socket } of this.#open) if (!busy) socket.destroy();
  }

  get #isFull(): boolean {
    const { max, maxUnserved } = this.limits;
    if (this.#open.size >= max) return true;
    if (this.#open.size < maxUnserved) return false;
    let unserved = 0;
    for (const { busy, arriving } of this.#open) if (!busy || arriving) unserved += 1;
    return unserved >= maxUnserved;
  }

  #forget(connection: Connection): void {
    if (this.#open.delete(connection)) this.observer.opened(this.#open.size);
  }

  #evictFor(newcomer: Connection): void {
    const victim = this.#idleLongest() ?? this.#stuckLongest() ?? newcomer;
    const busy = victim.arriving;
    this.#forget(victim);
    victim.cut(new CutOff('evicted', 'the connection gave way to another'), busy ? 503 : undefined);
    this.observer.evicted(busy);
  }

  #idleLongest(): Connection | undefined {
    for (const connection of this.#open) if (!connection.busy) return connection;
    return undefined;
  }

  /** Of those whose request is still coming in; one that awaits its answer has done its part. */
  #stuckLongest(): Connection | undefined {
    const now = performance.now();
    let stuck: Connection | undefined;
    let since = Infinity;
    for (const connection of this.#open) {
      const progressedAt = connection.progressedAt(now);
      if (connection.arriving && progressedAt < since) {
        stuck = connection;
        since = progressedAt;
      }
    }
    return stuck;
  }
}
