import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';

import { installCleanup, onCleanup } from './cleanup.js';
import { head, RawConnection } from './raw-connection.js';

export interface ReceivedRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The other end, which has sent nothing but the head so far. */
  readonly sender: RawConnection;
}

/** Gives a file of tests real requests, with both ends of each in its hands. */
export function useReceivedRequests(): (
  headers: Readonly<Record<string, string | number>>,
) => Promise<ReceivedRequest> {
  installCleanup();
  let server: Server;

  beforeAll(async () => {
    server = createServer();
    // Node would ask for the body by itself.
    server.on('checkContinue', (request, response) => server.emit('request', request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onCleanup(() => {
      server.close();
    });
  });

  return async (headers) => {
    const sender = await RawConnection.open((server.address() as AddressInfo).port);
    sender.write(head('POST', '/proxy', headers));
    const [request, response] = (await once(server, 'request')) as [IncomingMessage, ServerResponse];
    return { request, response, sender };
  };
}

export const asChunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;

export const LAST_CHUNK = '0\r\n\r\n';
