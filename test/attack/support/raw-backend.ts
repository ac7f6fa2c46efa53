import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

import { onCleanup } from '../../support/cleanup.js';

export interface RawBackend {
  readonly url: string;
  /** Connections so far. */
  readonly connections: () => number;
}

/** A TCP server that does with each connection what it is told, once the first bytes of a request are there. */
export async function startRawBackend(react: (socket: Socket) => void): Promise<RawBackend> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => {
      react(socket);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onCleanup(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, connections: () => connections };
}
