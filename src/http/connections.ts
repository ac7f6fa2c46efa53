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

/**
 * All connections, which are at most `max`: for one more, the one that has been idle longest gives way. There is no limit
 * for a peer, since all of them may come through one proxy.
 */
export class Connections {
  /** Whose last request began longest ago comes first. */
  readonly #open = new Set<Connection>();

  constructor(
    private readonly max: number,
    private readonly observer: ConnectionsObserver,
  ) {}

  get size(): number {
    return this.#open.size;
  }

  open(socket: KnownSocket): void {
    const connection = new Connection(socket, performance.now());
    socket[CONNECTION] = connection;
    if (this.#open.size >= this.max) this.#evictFor(connection);
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
