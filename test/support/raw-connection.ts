import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';

import { onCleanup } from './cleanup.js';

/** A bare connection, to send what no HTTP client would. */
export class RawConnection {
  received = '';
  /** Resolves when the connection is over. */
  readonly closed: Promise<void>;

  private constructor(readonly socket: Socket) {
    socket.on('data', (bytes: Buffer) => (this.received += bytes.toString('latin1')));
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) =>
      socket.once('close', () => {
        resolve();
      }),
    );
    onCleanup(() => socket.destroy() as unknown as undefined);
  }

  static async open(port: number): Promise<RawConnection> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new RawConnection(socket);
  }

  /** Connects again and again. @throws Error when nobody listens any more */
  static async untilRefused(port: number): Promise<never> {
    for (;;) await RawConnection.open(port);
  }

  /** By TLS, whoever answers. */
  static async openTls(
    port: number,
    options: ConnectionOptions & { allowHalfOpen?: boolean } = {},
  ): Promise<RawConnection> {
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options });
    await once(socket, 'secureConnect');
    return new RawConnection(socket);
  }

  write(text: string | Buffer): void {
    this.socket.write(text);
  }

  /** Resolves once what was received matches. */
  async receive(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.received)) await once(this.socket, 'data');
    return this.received;
  }
}

/** Head of a request, for the body to follow or not. */
export const head = (
  method: string,
  path: string,
  headers: Readonly<Record<string, string | number>>,
): string =>
  [
    `${method} ${path} HTTP/1.1`,
    'Host: sprayproxy',
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    '',
    '',
  ].join('\r\n');
