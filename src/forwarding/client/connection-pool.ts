import { type Clock } from '../../clock/clock.js';
import { Connection } from './connection.js';
import { type Dial } from './dial.js';
import { type Exchange } from './exchange.js';

/** Whoever was idle longer may have been closed by the backend, though nobody has looked since. */
const SURELY_OPEN_MS = 1000;

/**
 * The connections to one backend, so that no backend's trouble is another's. The one used last is used first, so that
 * those a peak has left over become old. There is no limit: there are as many attempts at a backend as webhooks in flight.
 */
export class ConnectionPool {
  readonly #idle: Connection[] = [];
  readonly #all = new Set<Connection>();
  #closing = false;
  #renewedAt = -Infinity;
  #cancelSweep: (() => void) | undefined;

  constructor(
    private readonly dial: Dial,
    readonly clock: Clock,
  ) {}

  send(exchange: Exchange): void {
    const connection = this.#takeIdle();
    if (connection === undefined) {
      this.#open(exchange);
    } else if (this.clock.monotonic() - connection.freeSince < SURELY_OPEN_MS) {
      connection.send(exchange);
    } else {
      // The event loop looks at the sockets before that, and closes what has ended.
      setImmediate(() => {
        if (connection.closed) this.send(exchange);
        else connection.send(exchange);
      });
    }
  }

  /** Connections made up to now carry no further request. */
  renew(): void {
    this.#renewedAt = this.clock.monotonic();
    for (const connection of [...this.#idle]) connection.close('renewed');
  }

  /** What is under way comes to its end. */
  close(): void {
    this.#closing = true;
    this.renew();
    this.#cancelSweep?.();
  }

  /** Cuts off what is under way. */
  destroy(): void {
    this.close();
    for (const connection of [...this.#all]) connection.close('the program ends');
  }

  #takeIdle(): Connection | undefined {
    const now = this.clock.monotonic();
    for (let last = this.#idle.pop(); last !== undefined; last = this.#idle.pop()) {
      if (now < last.usableUntil) return last;
      last.close('idle for too long');
    }
    return undefined;
  }

  #open(exchange: Exchange): void {
    const connection = new Connection(this.dial, exchange, this.clock, {
      onFree: (free) => {
        const expired = free.usableUntil <= free.freeSince || free.openedAt <= this.#renewedAt;
        if (this.#closing || expired) {
          free.close('not needed any more');
          return;
        }
        this.#idle.push(free);
        this.#sweepAt(free.usableUntil);
      },
      onClosed: (closed) => {
        this.#all.delete(closed);
        const place = this.#idle.indexOf(closed);
        if (place >= 0) this.#idle.splice(place, 1);
      },
    });
    this.#all.add(connection);
  }

  #sweepAt(time: number): void {
    this.#cancelSweep ??= this.clock.after(Math.max(0, time - this.clock.monotonic()), () => {
      this.#cancelSweep = undefined;
      const now = this.clock.monotonic();
      for (const connection of [...this.#idle]) {
        if (connection.usableUntil <= now) connection.close('idle for too long');
      }
      const [next] = this.#idle.map(({ usableUntil }) => usableUntil).sort((a, b) => a - b);
      if (next !== undefined) this.#sweepAt(next);
    });
  }
}
