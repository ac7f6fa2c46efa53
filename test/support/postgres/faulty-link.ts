import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

import { onCleanup } from '../cleanup.js';

/**
 * What becomes of connections.
 * - pass: they work.
 * - hold: they stand, new ones too, but nothing goes through until they pass again.
 * - refuse: none is accepted.
 */
export type LinkMode = 'pass' | 'hold' | 'refuse';

interface Cut {
  /** @param bytes as they came from a client, in one piece */
  readonly isMet: (bytes: Buffer) => boolean;
  readonly done: () => void;
}

/** Stands in front of a server on the loopback interface, and fails as a test wants it to. */
export class FaultyLink {
  /** Connections that it has accepted. */
  accepted = 0;
  readonly #sockets = new Set<Socket>();
  #mode: LinkMode = 'pass';
  #cut: Cut | undefined;
  #port = 0;

  private constructor(
    private readonly target: number,
    private readonly server: Server,
  ) {
    server.on('connection', (client) => {
      this.#join(client);
    });
  }

  /** @param target port of the server */
  static async start(target: number): Promise<FaultyLink> {
    const link = new FaultyLink(target, createServer({ pauseOnConnect: true }));
    onCleanup(() => link.close());
    await link.#listen();
    link.#port = (link.server.address() as AddressInfo).port;
    return link;
  }

  get port(): number {
    return this.#port;
  }

  /** The same URL, through this. */
  url(url: string): string {
    const through = new URL(url);
    through.port = String(this.port);
    return through.href;
  }

  /** As `LinkMode` says; those that are there are cut only by `refuse`. */
  async set(mode: LinkMode): Promise<void> {
    this.#mode = mode;
    if (mode === 'refuse') {
      await this.close();
      return;
    }
    for (const socket of this.#sockets) this.#obey(socket);
    if (!this.server.listening) await this.#listen();
  }

  /** Ends all connections that are there, with a reset. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /**
   * Cuts all connections when bytes of a client that meet a condition were sent on, and the server has answered them: it
   * has then done what it was asked to, and nobody hears of it. It does so once.
   * @param then what becomes of connections after that
   * @returns resolves when it has happened
   */
  async cutAfter(isMet: (bytes: Buffer) => boolean, then: LinkMode = 'pass'): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const done = () => {
        this.#cut = undefined;
        this.cut();
        this.set(then).then(resolve, reject);
      };
      this.#cut = { isMet, done };
    });
  }

  /** Ends it, with all connections. */
  async close(): Promise<void> {
    this.cut();
    if (!this.server.listening) return;
    this.server.close();
    await once(this.server, 'close');
  }

  async #listen(): Promise<void> {
    this.server.listen(this.#port, '127.0.0.1');
    await once(this.server, 'listening');
  }

  #join(client: Socket): void {
    this.accepted += 1;
    const server = connect(this.target, '127.0.0.1');
    let cut: Cut | undefined;
    client.on('data', (bytes: Buffer) => {
      if (this.#cut?.isMet(bytes) === true) cut = this.#cut;
      server.write(bytes);
    });
    server.on('data', (bytes: Buffer) => {
      if (cut !== undefined && cut === this.#cut) cut.done();
      else client.write(bytes);
    });
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(socket);
      this.#obey(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        other.destroySoon();
      });
    }
  }

  #obey(socket: Socket): void {
    if (this.#mode === 'pass') socket.resume();
    else socket.pause();
  }
}
