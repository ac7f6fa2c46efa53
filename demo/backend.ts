import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';

/** One request as a backend got it. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: number;
  /** Of the body, in hex. */
  readonly sha256: string;
  /** When its last byte had come, as `performance.now()` tells the time. */
  readonly receivedAt: number;
}

/**
 * A throw-away backend on a free loopback port: takes everything, as Pipelines-as-Code does, and notes what it got. It can
 * be stopped and listen again.
 */
export class Backend {
  readonly received: Received[] = [];
  /** Called for each request once it is whole. */
  onReceived: (received: Received) => void = () => undefined;
  #port = 0;

  private constructor(
    readonly name: string,
    private readonly server: Server,
  ) {}

  static async start(name: string): Promise<Backend> {
    const server = createServer({ keepAliveTimeout: 30_000 });
    const backend = new Backend(name, server);
    server.on('request', (request, response) => {
      const hash = createHash('sha256');
      let bytes = 0;
      request.on('data', (chunk: Buffer) => {
        hash.update(chunk);
        bytes += chunk.length;
      });
      request.on('end', () => {
        const receivedAt = performance.now();
        response.writeHead(202, { 'Content-Type': 'application/json' }).end('{"status":202}');
        const { method = '', url: path = '', headers } = request;
        const received = { method, path, headers, bytes, sha256: hash.digest('hex'), receivedAt };
        backend.received.push(received);
        backend.onReceived(received);
      });
    });
    await backend.listenAgain();
    return backend;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** At the port it had before, if it had one. */
  async listenAgain(): Promise<void> {
    this.server.listen(this.#port, '127.0.0.1');
    await once(this.server, 'listening');
    this.#port = (this.server.address() as AddressInfo).port;
  }

  /** Resolves when it has received this many more, or the time is up. */
  hasReceived(more: number, timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const wanted = this.received.length + more;
      const timer = setTimeout(resolve, timeoutMs);
      // Nobody waits for it any longer than for the program.
      timer.unref();
      this.onReceived = () => {
        if (this.received.length < wanted) return;
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Resolves when nobody can reach it any more, also if it was stopped before. */
  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => {
        resolve();
      });
      this.server.closeAllConnections();
    });
  }
}
