import { type Server } from 'node:http';
import { type Socket } from 'node:net';

/**
 * Connections that have not made their TLS yet, which are at most `max`: for one more, the one that has been at it longest
 * gives way. Of those that have, the server tells.
 */
export class Handshakes {
  /** By the peer's address, which is all that a connection and the TLS upon it have in common. The oldest come first. */
  readonly #pending = new Map<string, Socket>();

  /** @param onSecure is given each connection that has made its TLS */
  constructor(
    private readonly max: number,
    server: Server,
    onSecure: (socket: Socket) => void,
  ) {
    server.on('connection', (socket: Socket) => {
      this.#open(socket);
    });
    server.on('secureConnection', (socket: Socket) => {
      this.#pending.delete(peerOf(socket));
      onSecure(socket);
    });
  }

  #open(socket: Socket): void {
    const peer = peerOf(socket);
    const [oldest] = this.#pending.values();
    if (this.#pending.size >= this.max) oldest?.destroy();
    this.#pending.set(peer, socket);
    socket.once('close', () => {
      if (this.#pending.get(peer) === socket) this.#pending.delete(peer);
    });
  }
}

const peerOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;
