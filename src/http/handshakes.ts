import { type Server } from 'node:http';
import { type Socket } from 'node:net';

/** Why a connection comes to no TLS. */
export type HandshakeFault = 'timeout' | 'evicted' | 'failed';

interface TlsError extends Error {
  readonly code?: string;
  /** OpenSSL's, without where in its source it was. */
  readonly reason?: string;
}

interface Observer {
  /** One has made its TLS. */
  secured(socket: Socket): void;
  handshakeFailed(fault: HandshakeFault, why: string): void;
}

/**
 * Connections that have not made their TLS yet, which are at most `max`: for one more, the one that has been at it longest
 * gives way. Each may take some 175 KiB by what it announces.
 */
export class Handshakes {
  /** By both ends, which are all that a connection and the TLS upon it have in common. The oldest come first. */
  readonly #pending = new Map<string, Socket>();

  constructor(
    private readonly max: number,
    server: Server,
    private readonly observer: Observer,
  ) {
    server.on('connection', (socket: Socket) => {
      this.#open(socket);
    });
    server.on('secureConnection', (socket: Socket) => {
      this.#pending.delete(endsOf(socket));
      observer.secured(socket);
    });
    server.on('tlsClientError', ({ code, reason, message }: TlsError) => {
      // Whoever hangs up, or was cut off, has not failed.
      if (code === 'ECONNRESET') return;
      observer.handshakeFailed(
        code === 'ERR_TLS_HANDSHAKE_TIMEOUT' ? 'timeout' : 'failed',
        reason ?? message,
      );
    });
  }

  /** Ends all that are under way. */
  end(): void {
    for (const socket of this.#pending.values()) socket.destroy();
  }

  #open(socket: Socket): void {
    const [oldest] = this.#pending;
    if (this.#pending.size >= this.max && oldest !== undefined) {
      const [ends, evicted] = oldest;
      this.#pending.delete(ends);
      evicted.destroy();
      this.observer.handshakeFailed('evicted', 'it gave way to another: too many were under way');
    }
    const ends = endsOf(socket);
    this.#pending.set(ends, socket);
    socket.once('close', () => {
      if (this.#pending.get(ends) === socket) this.#pending.delete(ends);
    });
  }
}

const endsOf = ({ remoteAddress, remotePort, localAddress }: Socket): string =>
  `${remoteAddress} ${remotePort} ${localAddress}`;
