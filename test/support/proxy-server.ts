import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

import { onCleanup } from './cleanup.js';

/** A real HTTP proxy, that leads every name to the loopback interface and records what it is asked. */
export class ProxyServer {
  /** Method and target of each request. */
  readonly asked: string[] = [];
  readonly authorizations: (string | undefined)[] = [];
  /** Status by which it refuses to connect to anybody. */
  refuses: number | undefined;

  private constructor(private readonly server: Server) {
    const sockets = new Set<Socket>();
    server.on('connection', (socket) => sockets.add(socket));
    server.on('request', (incoming, response) => {
      this.#note(incoming);
      const { port, pathname, search } = new URL(incoming.url ?? '');
      const { method, rawHeaders } = incoming;
      const outgoing = request({
        host: '127.0.0.1',
        port,
        path: pathname + search,
        method,
        headers: rawHeaders,
      });
      outgoing.on('response', (answer) => {
        response.writeHead(answer.statusCode ?? 0);
        answer.pipe(response);
      });
      outgoing.on('error', () => response.destroy());
      incoming.pipe(outgoing);
    });
    server.on('connect', (incoming: IncomingMessage, socket: Socket) => {
      this.#note(incoming);
      if (this.refuses !== undefined) {
        socket.end(`HTTP/1.1 ${this.refuses} Refused\r\nContent-Length: 0\r\n\r\n`);
        return;
      }
      const [, port = ''] = /:(\d+)$/.exec(incoming.url ?? '') ?? [];
      const onward = connect(Number(port), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        onward.pipe(socket);
        socket.pipe(onward);
      });
      for (const each of [onward, socket]) {
        sockets.add(each);
        each.on('error', () => undefined);
      }
    });
    onCleanup(() => {
      server.close();
      for (const socket of sockets) socket.destroy();
    });
  }

  static async start(): Promise<ProxyServer> {
    const proxy = new ProxyServer(createServer());
    proxy.server.listen(0, '127.0.0.1');
    await once(proxy.server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  #note({ method, url, headers }: IncomingMessage): void {
    this.asked.push(`${method ?? ''} ${url ?? ''}`);
    this.authorizations.push(headers['proxy-authorization']);
  }
}
